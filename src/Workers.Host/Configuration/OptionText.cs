using System.Collections;
using System.Globalization;

namespace Workers.Host.Configuration;

/// <summary>
/// How values are written: durations as <c>500ms</c>, <c>5s</c>, <c>30 s</c>, <c>10m</c>, <c>2h</c>, <c>7d</c>, plain seconds or
/// <c>hh:mm:ss</c>; sizes as <c>64KiB</c>, <c>16MiB</c>, <c>10GiB</c> or plain bytes; lists with commas.
/// </summary>
internal static class OptionText
{
    private static readonly (string Unit, TimeSpan Size)[] Durations =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("d", TimeSpan.FromDays(1)), ("h", TimeSpan.FromHours(1)),
        ("m", TimeSpan.FromMinutes(1)), ("s", TimeSpan.FromSeconds(1)),
    ];

    private static readonly (string Unit, long Size)[] Sizes = [("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1)];

    public static bool CanParse(Type type) =>
        type == typeof(string) || type == typeof(bool) || type == typeof(int) || type == typeof(long) || type == typeof(decimal)
        || type == typeof(TimeSpan) || type == typeof(IReadOnlyList<string>) || type == typeof(IReadOnlyList<TimeSpan>);

    public static bool IsOptions(Type type) => type.IsAssignableTo(typeof(IEnumerable)) || type.Assembly.GetName().Name!.StartsWith("Workers.", StringComparison.Ordinal);

    /// <exception cref="FormatException">The text is not such a value; the message says what is.</exception>
    public static object Parse(string text, Type type)
    {
        text = text.Trim();
        return type switch
        {
            _ when type == typeof(string) => text,
            _ when type == typeof(bool) => bool.TryParse(text, out var b) ? b : throw new FormatException("must be true or false"),
            _ when type == typeof(int) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var i)
                ? i : throw new FormatException("must be a whole number"),
            _ when type == typeof(long) => Size(text),
            _ when type == typeof(decimal) => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var d)
                ? d : throw new FormatException("must be a number"),
            _ when type == typeof(TimeSpan) => Duration(text),
            _ when type == typeof(IReadOnlyList<string>) => Split(text),
            _ when type == typeof(IReadOnlyList<TimeSpan>) => Array.ConvertAll(Split(text), Duration),
            _ => throw new FormatException($"cannot be set: {type.Name}"),
        };
    }

    public static string Format(object? value, string name) => value switch
    {
        null => "",
        bool b => b ? "true" : "false",
        TimeSpan t => Durations.Where(u => u.Unit != "ms").FirstOrDefault(u => t >= u.Size && t.Ticks % u.Size.Ticks == 0, Durations[0]) is var (unit, size)
            ? $"{t.Ticks / size.Ticks}{unit}" : "",
        long bytes when name.EndsWith("Bytes", StringComparison.Ordinal) => Sizes.First(u => u.Unit == "B" || (bytes >= u.Size && bytes % u.Size == 0)) is var (unit, size)
            ? $"{bytes / size}{unit}" : "",
        string s => s,
        IEnumerable list => string.Join(',', list.Cast<object>().Select(v => Format(v, name))),
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static TimeSpan Duration(string text)
    {
        if (text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var clock))
        {
            return clock;
        }

        foreach (var (unit, size) in Durations)
        {
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase) && Number(text[..^unit.Length]) is { } count)
            {
                return TimeSpan.FromTicks(Product(count, size.Ticks));
            }
        }

        return Number(text) is { } seconds
            ? TimeSpan.FromTicks(Product(seconds, TimeSpan.TicksPerSecond))
            : throw new FormatException("must be a duration such as 500ms, 30s, 10m, 2h or 7d");
    }

    private static long Size(string text)
    {
        foreach (var (unit, size) in Sizes)
        {
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase) && Number(text[..^unit.Length]) is { } count)
            {
                return Product(count, size);
            }
        }

        return Number(text) is { } bytes ? Product(bytes, 1) : throw new FormatException("must be a size such as 512KiB, 16MiB or 10GiB");
    }

    private static decimal? Number(string text) =>
        decimal.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static long Product(decimal count, long unit) =>
        count <= (decimal)long.MaxValue / unit ? (long)(count * unit) : throw new FormatException("is too large");
}
