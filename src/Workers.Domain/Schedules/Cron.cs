using System.Globalization;

namespace Workers.Domain.Schedules;

/// <summary>
/// A cron expression as Quartz writes them: seconds, minutes, hours, day of month, month, day of week, and perhaps a year. Says which local times it means, whatever
/// the time zone makes of them. Tests: CronTests.
/// </summary>
public sealed class Cron
{
    public const string MonthName = "month";
    public const string WeekdayName = "day of week";
    private const string DayName = "day of month";
    private const string YearName = "year";
    private const int FirstYear = 1970;
    private const int LastYear = 2199;

    private readonly HashSet<int>? _years;

    private Cron(string text, CronField seconds, CronField minutes, CronField hours, CronDays days, CronField months, string? year)
    {
        (Text, Seconds, Minutes, Hours, Days, Months, Year) = (text, seconds, minutes, hours, days, months, year);
        _years = year is null or "*" ? null : YearsOf(year);
    }

    public string Text { get; }

    public CronField Seconds { get; }

    public CronField Minutes { get; }

    public CronField Hours { get; }

    public CronDays Days { get; }

    public CronField Months { get; }

    public string? Year { get; }

    /// <exception cref="CronException">It is none; the message says which field is wrong and why.</exception>
    public static Cron Parse(string text)
    {
        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is < 6 or > 7)
        {
            throw new CronException("cron", fields.Length == 5
                ? $"cron has 5 fields, as in a crontab; put the seconds before them: '0 {Suggest(fields)}'"
                : $"cron must have 6 or 7 fields (seconds minutes hours day-of-month month day-of-week [year]); this has {fields.Length}");
        }

        return new Cron(
            string.Join(' ', fields), CronField.Parse("seconds", fields[0], 0, 59), CronField.Parse("minutes", fields[1], 0, 59), CronField.Parse("hours", fields[2], 0, 23),
            CronDays.Parse(DayName, fields[3], WeekdayName, fields[5]), CronField.Parse(MonthName, fields[4], 1, 12), fields.ElementAtOrDefault(6));
    }

    /// <summary>The first local time that it means at or after that one, to the second; null where there is none any more.</summary>
    public DateTime? Next(DateTime from)
    {
        var at = from.Ticks % TimeSpan.TicksPerSecond == 0 ? from : new DateTime(from.Ticks - (from.Ticks % TimeSpan.TicksPerSecond)).AddSeconds(1);
        while (at.Year <= LastYear)
        {
            if (_years?.Contains(at.Year) == false)
            {
                at = new DateTime(at.Year + 1, 1, 1);
            }
            else if (!Months.Has(at.Month))
            {
                at = new DateTime(at.Year, at.Month, 1).AddMonths(1);
            }
            else if (!Days.Has(at))
            {
                at = at.Date.AddDays(1);
            }
            else if (TimeOfDay(at) is { } time)
            {
                return at.Date + time;
            }
            else
            {
                at = at.Date.AddDays(1);
            }
        }

        return null;
    }

    private TimeSpan? TimeOfDay(DateTime at)
    {
        var (hour, minute, second) = (at.Hour, at.Minute, Seconds.Next(at.Second));
        if (!Hours.Has(hour) || !Minutes.Has(minute) || second < 0)
        {
            minute = Hours.Has(hour) ? Minutes.Next(Minutes.Has(minute) ? minute + 1 : minute) : -1;
            hour = minute < 0 ? Hours.Next(hour + 1) : hour;
            (minute, second) = (minute < 0 ? Minutes.First : minute, Seconds.First);
        }

        return hour < 0 ? null : new TimeSpan(hour, minute, second);
    }

    private static string Suggest(string[] fields) => string.Join(' ', fields[2] is "*" && fields[4] is "*" ? [.. fields[..4], "?"] : fields);

    private static HashSet<int> YearsOf(string text)
    {
        var years = new HashSet<int>();
        foreach (var part in text.Split(','))
        {
            var (range, step) = part.Split('/', 2) is [var before, var after] ? (before, YearStep(text, after)) : (part, 1);
            var (from, to) = range == "*" ? (FirstYear, LastYear)
                : range.Split('-', 2) is [var low, var high] ? (YearOf(text, low), YearOf(text, high))
                : (YearOf(text, range), part.Contains('/', StringComparison.Ordinal) ? LastYear : YearOf(text, range));
            for (var year = from; year <= to; year += step)
            {
                years.Add(year);
            }
        }

        return years;
    }

    private static int YearOf(string text, string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year is >= FirstYear and <= LastYear
            ? year
            : throw new CronException(YearName, $"'{text}' in {YearName}: '{word}' must be from {FirstYear} to {LastYear}");

    private static int YearStep(string text, string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var step) && step is >= 1 and <= 100
            ? step
            : throw new CronException(YearName, $"'{text}' in {YearName}: the step '{word}' must be from 1 to 100");
}
