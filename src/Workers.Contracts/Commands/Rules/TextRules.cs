namespace Workers.Contracts.Commands;

/// <summary>How many characters a text has; blanks at its ends count.</summary>
public sealed class LengthAttribute(int least, int most, string? sentence = null) : RuleAttribute(sentence)
{
    public int Least { get; } = least;

    public int Most { get; } = most;

    internal override bool AllowsText(string? value, RuleSettings settings) => value is null || (value.Length >= Least && value.Length <= Most);

    internal override string Default(string path, RuleSettings settings) =>
        Least <= 1 ? $"{path} must be at most {Most} characters{(Least == 1 ? " and not empty" : "")}" : $"{path} must be between {Least} and {Most} characters";
}

/// <summary>Looks like an e-mail address: something, an @, a domain, no blanks.</summary>
public sealed class EmailAttribute() : RuleAttribute(null)
{
    internal override bool AllowsText(string? value, RuleSettings settings) => value is null || IsAddress(value);

    internal override string Default(string path, RuleSettings settings) => $"{path} must be a valid e-mail address";

    private static bool IsAddress(string value)
    {
        var at = value.IndexOf('@');
        return at > 0 && at < value.Length - 1 && value.Length <= 254 && value.IndexOf('@', at + 1) < 0
            && value[at + 1] != '.' && value[^1] != '.' && !value.Contains("..", StringComparison.Ordinal)
            && !value.AsSpan().ContainsAny(" \t\r\n<>,;:\"()[]\\") && !value.AsSpan().ContainsAnyInRange('\0', '\x1f');
    }
}

/// <summary>One of a list; an empty text counts as absent.</summary>
public sealed class OneOfAttribute(params string[] values) : RuleAttribute(null)
{
    public IReadOnlyList<string> Values { get; } = values;

    internal override bool AllowsText(string? value, RuleSettings settings) => string.IsNullOrEmpty(value) || values.AsSpan().Contains(value);

    internal override string Default(string path, RuleSettings settings) => $"{path} must be {(values.Length == 1 ? "" : "one of ")}{string.Join(", ", values)}";
}

/// <summary>A currency of the configured list; an empty text counts as absent.</summary>
public sealed class CurrencyAttribute() : RuleAttribute(null)
{
    internal override bool AllowsText(string? value, RuleSettings settings) => string.IsNullOrEmpty(value) || settings.Currencies.Contains(value);

    internal override string Default(string path, RuleSettings settings) => $"{path} must be one of {settings.CurrencyList}";
}

/// <summary>The name of a configured gateway; an empty text counts as absent.</summary>
public sealed class GatewayAttribute() : RuleAttribute(null)
{
    internal override bool AllowsText(string? value, RuleSettings settings) => string.IsNullOrEmpty(value) || settings.Gateways.Contains(value);

    internal override string Default(string path, RuleSettings settings) => $"{path} must be one of {settings.GatewayList}";
}

/// <summary>A country's two letters. Absent it is wrong too.</summary>
public sealed class CountryAttribute() : RuleAttribute("Country code must be exactly 2 characters")
{
    internal override bool AllowsText(string? value, RuleSettings settings) =>
        value is { Length: 2 } && char.IsAsciiLetter(value[0]) && char.IsAsciiLetter(value[1]);

    internal override string Default(string path, RuleSettings settings) => Sentence!;
}
