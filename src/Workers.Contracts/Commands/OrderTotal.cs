namespace Workers.Contracts.Commands;

/// <summary>What an order costs.</summary>
public static class OrderTotal
{
    /// <summary>Items of an order.</summary>
    public const int MostItems = 1_000;

    /// <summary>Of one product in an order, whatever number of items it is split into; as much as one adjustment of stock can say.</summary>
    public const int MostOfProduct = 1_000_000_000;

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
        if (items?.Count > MostItems)
        {
            violations.Add("items", $"Order must have at most {MostItems} items");
        }

        if (violations.Any || Of(items) is not { } sum)
        {
            return;
        }

        // What is reserved is one command a product.
        if (items!.Count > 1 && items.GroupBy(item => item.ProductId).FirstOrDefault(lines => lines.Sum(line => (long)line.Quantity.GetValueOrDefault()) > MostOfProduct) is { } much)
        {
            violations.Add("items", $"The quantities of {much.Key} must be at most {MostOfProduct} together");
        }
        else if (sum > Money.Max)
        {
            violations.Add("items", $"total_amount must be at most {Money.Text(Money.Max)}");
        }
        else if (given is { } total && total != sum)
        {
            violations.Add("total_amount", $"total_amount must equal the sum of the items, {Money.Text(Money.Normal(sum))}");
        }
    }
}
