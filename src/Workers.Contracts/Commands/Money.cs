using System.Globalization;

namespace Workers.Contracts.Commands;

/// <summary>Amounts of money: decimals with at most two places.</summary>
public static class Money
{
    /// <summary>The largest amount taken.</summary>
    public const decimal Max = 999_999_999_999.99m;

    /// <summary>The same amount without trailing zeros, so that 100.50 and 100.5 are written alike.</summary>
    public static decimal Normal(decimal value) => value.Scale == 0 ? value : value / 1.0000000000000000000000000000m;

    /// <summary>Whether the amount has no fraction of a cent.</summary>
    public static bool IsWholeCents(decimal value) => decimal.Round(value, 2) == value;

    internal static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);
}
