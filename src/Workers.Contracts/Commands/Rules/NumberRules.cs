using System.Globalization;

namespace Workers.Contracts.Commands;

/// <summary>A lower bound that is allowed itself.</summary>
public sealed class AtLeastAttribute(string least, string? sentence = null) : RuleAttribute(sentence)
{
    public decimal Least { get; } = decimal.Parse(least, CultureInfo.InvariantCulture);

    internal override bool AllowsNumber(decimal? value) => value is null || value >= Least;

    internal override string Default(string path, RuleSettings settings) => $"{path} must be at least {Money.Text(Least)}";
}

/// <summary>A lower bound that is not allowed itself.</summary>
public sealed class MoreThanAttribute(string bound, string? sentence = null) : RuleAttribute(sentence)
{
    public decimal Bound { get; } = decimal.Parse(bound, CultureInfo.InvariantCulture);

    internal override bool AllowsNumber(decimal? value) => value is null || value > Bound;

    internal override string Default(string path, RuleSettings settings) => $"{path} must be greater than {Money.Text(Bound)}";
}

/// <summary>An upper bound that is allowed itself.</summary>
public sealed class AtMostAttribute(string most, string? sentence = null) : RuleAttribute(sentence)
{
    public decimal Most { get; } = decimal.Parse(most, CultureInfo.InvariantCulture);

    internal override bool AllowsNumber(decimal? value) => value is null || value <= Most;

    internal override string Default(string path, RuleSettings settings) => $"{path} must be at most {Money.Text(Most)}";
}

/// <summary>Both bounds are allowed themselves.</summary>
public sealed class BetweenAttribute(int least, int most, string? sentence = null) : RuleAttribute(sentence)
{
    public int Least { get; } = least;

    public int Most { get; } = most;

    internal override bool AllowsNumber(decimal? value) => value is null || (value >= Least && value <= Most);

    internal override string Default(string path, RuleSettings settings) => $"{path} must be between {Least} and {Most}";
}

/// <summary>An amount of money: whole cents, no more than <see cref="Money.Max"/>.</summary>
public sealed class AmountAttribute() : RuleAttribute(null)
{
    internal override bool AllowsNumber(decimal? value) => value is not { } amount || (amount <= Money.Max && Money.IsWholeCents(amount));

    internal override string Default(string path, RuleSettings settings) =>
        $"{path} must have at most 2 decimals and be at most {Money.Text(Money.Max)}";
}
