using System.Globalization;

namespace Workers.Pages.Markup;

/// <summary>Names, numbers, times and lengths of time as people read them.</summary>
internal static class Words
{
    /// <summary>DEAD_LETTERED and AwaitingApproval: Dead lettered, Awaiting approval.</summary>
    public static string Of(string name)
    {
        if (name.Length == 0)
        {
            return name;
        }

        var text = name.Contains('_', StringComparison.Ordinal) || name.All(char.IsUpper)
            ? name.Replace('_', ' ').ToLowerInvariant()
            : string.Concat(name.Select((letter, at) => at > 0 && char.IsUpper(letter) && !char.IsUpper(name[at - 1]) ? " " + char.ToLowerInvariant(letter) : letter.ToString()));
        return char.ToUpperInvariant(text[0]) + text[1..];
    }

    public static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Count(long number, string one, string? many = null) => $"{Count(number)} {(number == 1 ? one : many ?? one + "s")}";

    public static string Length(TimeSpan time) => Length(time.TotalMilliseconds);

    public static string Length(double milliseconds) => milliseconds switch
    {
        <= 0 => "< 1 ms",
        < 0.1 => "< 0.1 ms",
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.#} ms"),
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0} ms"),
        < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1_000:0.#} s"),
        < 3_600_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 60_000:0.#} min"),
        < 172_800_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 3_600_000:0.#} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 86_400_000:0} days"),
    };

    public static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Machine-readable.</summary>
    public static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>How long ago, or in how long.</summary>
    public static string Ago(DateTimeOffset time, DateTimeOffset now) => (now - time) switch
    {
        var past when past >= TimeSpan.FromSeconds(2) => Length(Rounded(past)) + " ago",
        var past when past <= TimeSpan.FromSeconds(-2) => "in " + Length(Rounded(-past)),
        _ => "just now",
    };

    private static TimeSpan Rounded(TimeSpan time) => time < TimeSpan.FromMinutes(1) ? TimeSpan.FromSeconds(Math.Round(time.TotalSeconds))
        : time < TimeSpan.FromHours(1) ? TimeSpan.FromMinutes(Math.Round(time.TotalMinutes))
        : TimeSpan.FromHours(Math.Round(time.TotalHours));
}
