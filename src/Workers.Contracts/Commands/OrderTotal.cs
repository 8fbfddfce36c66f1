namespace Workers.Contracts.Commands;

/// <summary>What an order costs.</summary>
public static class OrderTotal
{
    /// <summary>The sum of the items; null when there are none.</summary>
    public static decimal? Of(IReadOnlyList<OrderItem>? items)
    {
        if (items is not { Count: > 0 })
        {
            return null;
        }

        var sum = 0m;
        for (var i = 0; i < items.Count; i++)
        {
            sum += items[i].Total;
        }

        return sum;
    }

    internal static void Check(Violations violations, IReadOnlyList<OrderItem>? items, decimal? given)
    {
        if (violations.Any || Of(items) is not { } sum)
        {
            return;
        }

        if (sum > Money.Max)
        {
            violations.Add("items", $"total_amount must be at most {Money.Text(Money.Max)}");
        }
        else if (given is { } total && total != sum)
        {
            violations.Add("total_amount", $"total_amount must equal the sum of the items, {Money.Text(Money.Normal(sum))}");
        }
    }
}
