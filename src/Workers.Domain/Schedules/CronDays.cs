using System.Globalization;

namespace Workers.Domain.Schedules;

/// <summary>Which days a cron expression means, by the day of the month or by the day of the week: one of the two fields is <c>?</c> (or <c>*</c>).</summary>
public sealed class CronDays
{
    private readonly Func<DateTime, bool> _has;

    private CronDays(string monthText, string weekText, CronField? ofMonth, CronField? ofWeek, Func<DateTime, bool> has)
    {
        (MonthText, WeekText, OfMonth, OfWeek, _has) = (monthText, weekText, ofMonth, ofWeek, has);
    }

    /// <summary>The field day of month as it was written.</summary>
    public string MonthText { get; }

    /// <summary>The field day of week as it was written.</summary>
    public string WeekText { get; }

    /// <summary>Null where it is <c>?</c>, or has <c>L</c> or <c>W</c>.</summary>
    public CronField? OfMonth { get; }

    /// <summary>1 is Sunday. Null where it is <c>?</c>, or has <c>L</c> or <c>#</c>.</summary>
    public CronField? OfWeek { get; }

    /// <summary>Every day.</summary>
    public bool IsAll => MonthText is "*" or "?" && WeekText is "*" or "?";

    public bool Has(DateTime day) => _has(day);

    internal static CronDays Parse(string monthName, string month, string weekName, string week)
    {
        if (month == "?" && week == "?")
        {
            throw new CronException(weekName, $"'?' stands in {monthName} and in {weekName}; it may stand in one of them");
        }

        if (month is not ("?" or "*") && week is not ("?" or "*"))
        {
            throw new CronException(weekName, $"'{week}' in {weekName}: with a {monthName} ('{month}') it must be '?', and the other way round");
        }

        return week is "?" or "*" ? ByMonth(monthName, month, week) : ByWeek(weekName, week, month);
    }

    private static CronDays ByMonth(string name, string text, string week)
    {
        if (text is "?" or "*")
        {
            return new CronDays(text, week, null, null, static _ => true);
        }

        var (last, nearest) = (text.StartsWith('L'), text.EndsWith('W'));
        if (!last && !nearest)
        {
            var field = CronField.Parse(name, text, 1, 31);
            return new CronDays(text, week, field, null, day => field.Has(day.Day));
        }

        var core = nearest ? text[..^1] : text;
        var back = core switch
        {
            "L" => 0,
            _ when last && core.StartsWith("L-", StringComparison.Ordinal) => CronField.Value(name, text, core[2..], 1, 30),
            _ when last => throw new CronException(name, $"'{text}' in {name}: L stands alone, or as L-3, LW"),
            _ => -CronField.Value(name, text, core, 1, 31),
        };
        return new CronDays(text, week, null, null, day => Wanted(day, back, nearest) == day.Day);
    }

    /// <summary>The day of its month that is meant; 0 for none.</summary>
    private static int Wanted(DateTime day, int back, bool nearest)
    {
        var length = DateTime.DaysInMonth(day.Year, day.Month);
        var wanted = back < 0 ? -back : length - back;
        if (wanted < 1 || wanted > length)
        {
            return 0;
        }

        // The nearest weekday, never in another month.
        return !nearest ? wanted : new DateTime(day.Year, day.Month, wanted).DayOfWeek switch
        {
            DayOfWeek.Saturday => wanted == 1 ? 3 : wanted - 1,
            DayOfWeek.Sunday => wanted == length ? wanted - 2 : wanted + 1,
            _ => wanted,
        };
    }

    private static CronDays ByWeek(string name, string text, string month)
    {
        if (text.Split('#', 2) is [var weekday, var ordinal])
        {
            var (wanted, nth) = (CronField.Value(name, text, weekday, 1, 7), CronField.Value("#", text, ordinal, 1, 5));
            return new CronDays(month, text, null, null, day => (int)day.DayOfWeek + 1 == wanted && ((day.Day - 1) / 7) + 1 == nth);
        }

        if (text.Length > 1 && text.EndsWith("L", StringComparison.OrdinalIgnoreCase))
        {
            var wanted = CronField.Value(name, text, text[..^1], 1, 7);
            return new CronDays(month, text, null, null, day => (int)day.DayOfWeek + 1 == wanted && day.Day + 7 > DateTime.DaysInMonth(day.Year, day.Month));
        }

        // L alone is the week's last day.
        var field = CronField.Parse(name, text.Equals("L", StringComparison.OrdinalIgnoreCase) ? "7" : text, 1, 7);
        return new CronDays(month, text, null, field, day => field.Has((int)day.DayOfWeek + 1));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{MonthText} {WeekText}");
}
