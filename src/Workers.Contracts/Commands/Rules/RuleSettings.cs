using System.Collections.Frozen;

namespace Workers.Contracts.Commands;

/// <summary>What of the rules is configuration.</summary>
public sealed class RuleSettings
{
    public static RuleSettings Default { get; } = new(["USD", "EUR", "GBP", "INR"], ["stripe", "paypal", "razorpay", "simulated"]);

    /// <param name="currencies">The currencies taken, in upper case.</param>
    /// <param name="gateways">The names of the configured payment gateways.</param>
    public RuleSettings(IEnumerable<string> currencies, IEnumerable<string> gateways)
    {
        Currencies = currencies.ToFrozenSet(StringComparer.Ordinal);
        Gateways = gateways.ToFrozenSet(StringComparer.Ordinal);
        CurrencyList = string.Join(", ", Currencies.Order(StringComparer.Ordinal));
        GatewayList = string.Join(", ", Gateways.Order(StringComparer.Ordinal));
    }

    public FrozenSet<string> Currencies { get; }

    public FrozenSet<string> Gateways { get; }

    internal string CurrencyList { get; }

    internal string GatewayList { get; }
}
