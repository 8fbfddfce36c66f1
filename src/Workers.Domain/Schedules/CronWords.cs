using System.Globalization;

namespace Workers.Domain.Schedules;

/// <summary>A cron expression in words: <c>At 02:30, Monday to Friday</c>.</summary>
public static class CronWords
{
    private static readonly string[] Weekdays = ["", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    private static readonly string[] Months =
        ["", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    public static string Of(Cron cron)
    {
        string?[] parts = [Time(cron), Days(cron.Days), cron.Months.IsAll ? null : "in " + Values(cron.Months, value => Months[value]), cron.Year is null or "*" ? null : "in " + cron.Year];
        return string.Join(", ", parts.OfType<string>());
    }

    private static string Time(Cron cron)
    {
        var (seconds, minutes, hours) = (cron.Seconds, cron.Minutes, cron.Hours);
        if (Count(seconds) == 1 && Count(minutes) * Count(hours) <= 6)
        {
            var times = from hour in hours.All from minute in minutes.All select Clock(hour, minute, seconds.First);
            return "At " + Join([.. times]);
        }

        string?[] parts = [Part(seconds, "second", 60, isLast: false), Part(minutes, "minute", 60, seconds.IsAll || Step(seconds, 60) > 0), Hours(hours)];
        var text = string.Join(", ", parts.OfType<string>());
        return text.Length == 0 ? "Every hour" : char.ToUpperInvariant(text[0]) + text[1..];
    }

    /// <summary>Null where it says nothing beside what stands before it.</summary>
    private static string? Part(CronField field, string unit, int size, bool isLast)
    {
        if (field.IsAll)
        {
            return isLast ? null : $"every {unit}";
        }

        return Step(field, size) is > 0 and var step ? $"every {step} {unit}s"
            : Count(field) == 1 && field.First == 0 && unit == "second" ? null
            : $"at {unit} {Values(field, Number)}";
    }

    private static string? Hours(CronField hours) => hours.IsAll ? null
        : Step(hours, 24) is > 0 and var step ? $"every {step} hours"
        : Run(hours) is { } run ? $"from {run.From:00}:00 to {run.To:00}:59"
        : "in the hours " + Values(hours, Number);

    private static string? Days(CronDays days)
    {
        if (days.IsAll)
        {
            return null;
        }

        if (days.OfMonth is { } ofMonth)
        {
            return Step(ofMonth, 31) is > 0 and var step ? $"every {step} days from day 1 of the month" : $"on day {Values(ofMonth, Number)} of the month";
        }

        if (days.OfWeek is { } ofWeek)
        {
            return Count(ofWeek) == 1 ? "on " + Weekdays[ofWeek.First] : Values(ofWeek, value => Weekdays[value]);
        }

        return days.WeekText is "?" or "*" ? OfMonth(days.MonthText) : OfWeek(days.WeekText.ToUpperInvariant());
    }

    private static string OfMonth(string text) => text switch
    {
        "L" => "on the last day of the month",
        "LW" => "on the last weekday (Monday to Friday) of the month",
        _ when text.StartsWith("L-", StringComparison.Ordinal) => $"{text[2..].TrimEnd('W')} days before the last day of the month" + (text.EndsWith('W') ? ", or the weekday nearest to it" : ""),
        _ => $"on the weekday nearest to day {text.TrimEnd('W')} of the month",
    };

    private static string OfWeek(string text)
    {
        if (text.Split('#', 2) is [var weekday, var nth])
        {
            return $"on the {Ordinal(nth)} {Weekday(weekday)} of the month";
        }

        return $"on the last {Weekday(text[..^1])} of the month";
    }

    private static string Weekday(string text) => Weekdays[CronField.Value(Cron.WeekdayName, text, text, 1, 7)];

    private static string Ordinal(string number) => number switch { "1" => "first", "2" => "second", "3" => "third", "4" => "fourth", _ => "fifth" };

    private static string Values(CronField field, Func<int, string> name) =>
        Run(field) is { } run ? $"{name(run.From)} to {name(run.To)}" : Join([.. field.All.Select(name)]);

    /// <summary>Three values or more without a hole.</summary>
    private static (int From, int To)? Run(CronField field)
    {
        var all = field.All.ToList();
        return all.Count > 2 && all[^1] - all[0] == all.Count - 1 ? (all[0], all[^1]) : null;
    }

    /// <summary>The step by which it takes the whole range from its first value; 0 for none.</summary>
    private static int Step(CronField field, int size)
    {
        var all = field.All.ToList();
        if (all.Count < 3 || all[0] > 1)
        {
            return 0;
        }

        var step = all[1] - all[0];
        return step > 1 && all[0] == (size == 31 ? 1 : 0) && all.Zip(all.Skip(1)).All(pair => pair.Second - pair.First == step) && all[^1] + step > size - (size == 31 ? 0 : 1) ? step : 0;
    }

    private static int Count(CronField field) => System.Numerics.BitOperations.PopCount(field.Values);

    private static string Clock(int hour, int minute, int second) => string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}{(second == 0 ? "" : $":{second:00}")}");

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Join(IReadOnlyList<string> texts) => texts.Count < 2 ? string.Concat(texts) : string.Join(", ", texts.SkipLast(1)) + " and " + texts[^1];
}
