using System.Globalization;
using System.Text.Json;
using System.Xml;
using Workers.Api.Http;

namespace Workers.Api.Doors;

/// <summary>Spans of time as callers write them: seconds, <c>90s</c>, <c>15m</c>, <c>2h</c>, <c>1d</c>, or ISO 8601's <c>PT15M</c>.</summary>
internal static class Durations
{
    private static readonly Dictionary<char, long> s_units = new() { ['s'] = 1_000, ['m'] = 60_000, ['h'] = 3_600_000, ['d'] = 86_400_000 };

    /// <summary>In milliseconds; null where the member is absent.</summary>
    /// <exception cref="ProblemException">It is none, or not within the bounds.</exception>
    public static long? Read(JsonBody body, string name, long leastMs, long mostMs) => body.Value(name) is not { } value ? null
        : Parse(value) is { } ms && ms >= leastMs && ms <= mostMs ? ms
        : throw ListQuery.Bad(name, $"{name} must be from {Write(leastMs)} to {Write(mostMs)}: seconds, or such as 90s, 15m, 2h, 1d");

    public static string Write(long ms)
    {
        var (unit, size) = s_units.OrderByDescending(pair => pair.Value).FirstOrDefault(pair => ms % pair.Value == 0 && ms >= pair.Value, new('s', 1_000));
        return string.Create(CultureInfo.InvariantCulture, $"{ms / size}{unit}");
    }

    private static long? Parse(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.TryGetInt64(out var seconds) && seconds is >= 0 and < 10_000_000_000 ? seconds * 1_000 : null;
        }

        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 1 } text)
        {
            return null;
        }

        if (s_units.TryGetValue(text[^1], out var unit) && long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return count < 10_000_000_000 ? count * unit : null;
        }

        try
        {
            return text[0] == 'P' ? (long)XmlConvert.ToTimeSpan(text).TotalMilliseconds : null;
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            return null;
        }
    }
}
