using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Workers.Api.Http;

/// <summary>What a caller's <c>Prefer</c> (RFC 7240) asks of a write; what is not known is left out.</summary>
/// <param name="WaitSeconds">Null where it says nothing.</param>
internal readonly record struct Preference(int? WaitSeconds, bool RespondAsync, bool Representation)
{
    public static Preference Of(StringValues header)
    {
        var preference = default(Preference);
        foreach (var line in header)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                preference = preference.With(line.AsSpan(part));
            }
        }

        return preference;
    }

    // Parameters after a semicolon belong to no preference that is known here.
    private Preference With(ReadOnlySpan<char> text)
    {
        var end = text.IndexOf(';');
        text = (end < 0 ? text : text[..end]).Trim();
        var equals = text.IndexOf('=');
        var name = equals < 0 ? text : text[..equals].TrimEnd();
        var value = equals < 0 ? default : text[(equals + 1)..].Trim().Trim('"');
        if (name.Equals("respond-async", StringComparison.OrdinalIgnoreCase))
        {
            return this with { RespondAsync = true };
        }

        if (name.Equals("wait", StringComparison.OrdinalIgnoreCase))
        {
            // The first of several counts.
            return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && WaitSeconds is null
                ? this with { WaitSeconds = seconds }
                : this;
        }

        return name.Equals("return", StringComparison.OrdinalIgnoreCase) && value.Equals("representation", StringComparison.OrdinalIgnoreCase)
            ? this with { Representation = true }
            : this;
    }
}
