using System.Globalization;

namespace Workers.Contracts.Headers;

/// <summary>When a command is to be executed that was accepted for later (<see cref="HeaderName.Due"/>): <c>{milliseconds since 1970}</c>, and <c>;sent</c> once it was put back into the log.</summary>
/// <param name="IsSent">Its time has come: it is executed where it is read, whatever the clock says.</param>
public readonly record struct Due(long AtMs, bool IsSent)
{
    private const string Sent = ";sent";

    /// <summary>Null where the record carries none, or one that cannot be read.</summary>
    public static Due? Of(HeaderBlock headers) => headers.Get(HeaderName.Due) is { } text ? Parse(text) : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{AtMs}{(IsSent ? Sent : "")}");

    private static Due? Parse(string text)
    {
        var sent = text.EndsWith(Sent, StringComparison.Ordinal);
        return long.TryParse(sent ? text.AsSpan(0, text.Length - Sent.Length) : text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) ? new Due(ms, sent) : null;
    }
}
