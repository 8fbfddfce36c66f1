using System.Globalization;

namespace Workers.Contracts.Reading;

/// <summary>A <see cref="DoorRule"/> as it is configured: <c>required; min_length: 2; max_length: 100; format: email; min: 18; max: 120; enum: USD|EUR</c>.</summary>
public static class DoorRuleText
{
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static DoorRule Parse(string text)
    {
        var rule = new DoorRule();
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = colon < 0 ? (part, "true") : (part[..colon].Trim(), part[(colon + 1)..].Trim());
            rule = name switch
            {
                "required" => rule with { Required = bool.TryParse(value, out var flag) ? flag : throw Wrong(name, "true or false") },
                "min_length" => rule with { MinLength = Whole(name, value) },
                "max_length" => rule with { MaxLength = Whole(name, value) },
                "min" => rule with { Min = Number(name, value) },
                "max" => rule with { Max = Number(name, value) },
                "format" => rule with { Format = value is "email" or "uuid" ? value : throw Wrong(name, "email or uuid") },
                "enum" => rule with { Enum = value.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) },
                _ => throw new FormatException($"has the part '{name}'; there are required, min_length, max_length, min, max, format, enum"),
            };
        }

        return rule;
    }

    private static int Whole(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong(name, "a whole number");

    private static decimal Number(string name, string value) =>
        decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong(name, "a number");

    private static FormatException Wrong(string name, string what) => new($"must have {what} as its {name}");
}
