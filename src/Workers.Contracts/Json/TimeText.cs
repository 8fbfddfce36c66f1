using System.Globalization;

namespace Workers.Contracts.Json;

/// <summary>Times as callers write and read them.</summary>
public static class TimeText
{
    private const int DateLength = 10;

    /// <summary>Milliseconds since 1970 as answers have them: RFC 3339 in UTC, to the millisecond.</summary>
    public static string Of(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>RFC 3339, or its date alone; without an offset UTC. Null where it is none.</summary>
    public static DateTimeOffset? Read(string text) =>
        text.Length >= DateLength && text[4] == '-' && text[7] == '-'
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at
            : null;
}
