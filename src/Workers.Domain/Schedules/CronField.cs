using System.Globalization;

namespace Workers.Domain.Schedules;

/// <summary>A field of a cron expression: which values it takes.</summary>
/// <param name="Name">As people call it.</param>
/// <param name="Text">As it was written.</param>
/// <param name="Values">A bit for each value.</param>
/// <param name="IsAll">It takes every value.</param>
public sealed record CronField(string Name, string Text, ulong Values, bool IsAll)
{
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    public bool Has(int value) => (Values & (1UL << value)) != 0;

    /// <summary>The first value from there on; -1 where there is none.</summary>
    public int Next(int from) => from > 63 || (Values >> from) == 0 ? -1 : from + System.Numerics.BitOperations.TrailingZeroCount(Values >> from);

    public int First => Next(0);

    /// <summary>The values in their order.</summary>
    public IEnumerable<int> All => Enumerable.Range(0, 64).Where(Has);

    /// <exception cref="CronException">It cannot be read.</exception>
    internal static CronField Parse(string name, string text, int least, int most)
    {
        ulong values = 0;
        foreach (var part in text.Split(','))
        {
            values |= Part(name, text, part, least, most);
        }

        return new CronField(name, text, values, IsWhole(values, least, most));
    }

    internal static int Value(string name, string text, string word, int least, int most)
    {
        var names = name switch { Cron.MonthName => Months, Cron.WeekdayName => Days, _ => [] };
        var named = Array.FindIndex(names, known => known.Equals(word, StringComparison.OrdinalIgnoreCase));
        return named >= 0 ? named + 1
            : int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
            : throw new CronException(name, $"'{text}' in {name}: {(word.Length == 0 ? "something is missing" : $"'{word}' must be {Range(name, least, most)}")}");
    }

    private static ulong Part(string name, string text, string part, int least, int most)
    {
        var (range, step) = part.Split('/', 2) is [var before, var after] ? (before, Step(name, text, after, most)) : (part, 0);
        var (from, to) = range is "*" or "" ? (least, most)
            : range.Split('-', 2) is [var low, var high] ? (Value(name, text, low, least, most), Value(name, text, high, least, most))
            : (Value(name, text, range, least, most), -1);
        if (range.Length == 0 && step == 0)
        {
            throw new CronException(name, $"'{text}' in {name}: something is missing");
        }

        // A single value with a step goes to the end; a range may go over the end: FRI-MON, 22-2.
        to = to >= 0 ? to : step > 0 ? most : from;
        var length = to >= from ? to - from : most - from + 1 + to - least;
        ulong values = 0;
        for (var i = 0; i <= length; i += Math.Max(1, step))
        {
            values |= 1UL << (from + i <= most ? from + i : from + i - (most - least + 1));
        }

        return values;
    }

    private static int Step(string name, string text, string word, int most) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var step) && step >= 1 && step <= most
            ? step
            : throw new CronException(name, $"'{text}' in {name}: the step '{word}' must be from 1 to {most}");

    private static string Range(string name, int least, int most) => name switch
    {
        Cron.MonthName => "a month from 1 to 12 or JAN to DEC",
        Cron.WeekdayName => "a weekday from 1 (Sunday) to 7 (Saturday) or SUN to SAT",
        _ => $"from {least} to {most}",
    };

    private static bool IsWhole(ulong values, int least, int most) => System.Numerics.BitOperations.PopCount(values) == most - least + 1;
}

/// <summary>A cron expression that cannot be read: which field, and why.</summary>
public sealed class CronException(string field, string why) : FormatException(why)
{
    /// <summary>The field's name: seconds, minutes, …</summary>
    public string Field { get; } = field;
}
