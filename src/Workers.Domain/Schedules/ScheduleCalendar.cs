using System.Globalization;

namespace Workers.Domain.Schedules;

/// <summary>Days on which nothing fires, by the schedule's own time zone.</summary>
/// <param name="Name">Of a calendar that the file of schedules names; null for one that was written out.</param>
/// <param name="Weekdays">MON to SUN.</param>
/// <param name="Dates"><c>2026-12-25</c>, or each year <c>12-25</c>.</param>
public sealed record ScheduleCalendar(string? Name, IReadOnlyList<string> Weekdays, IReadOnlyList<string> Dates)
{
    private const int Most = 1_000;

    /// <summary>The names of weekdays.</summary>
    public static IReadOnlyList<string> Names { get; } = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    public bool Excludes(DateTime local) =>
        Weekdays.Contains(Names[(int)local.DayOfWeek])
        || (Dates.Count > 0 && (Dates.Contains(local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)) || Dates.Contains(local.ToString("MM-dd", CultureInfo.InvariantCulture))));

    /// <summary>What is wrong with it; null for nothing.</summary>
    public string? Wrong() =>
        Weekdays.FirstOrDefault(day => !Names.Contains(day)) is { } weekday ? $"calendar.weekdays has '{weekday}'; they are {string.Join(", ", Names)}"
        : Names.All(Weekdays.Contains) ? "calendar.weekdays excludes every day"
        : Dates.FirstOrDefault(date => !IsDate(date)) is { } wrong ? $"calendar.dates has '{wrong}'; they are written 2026-12-25, or each year 12-25"
        : Dates.Count > Most ? $"calendar.dates may have at most {Most} entries"
        : null;

    // A leap year, so that each year has 02-29.
    private static bool IsDate(string date) =>
        DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
        || (date.Length == 5 && DateOnly.TryParseExact("2024-" + date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
}
