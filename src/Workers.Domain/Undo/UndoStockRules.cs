using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>
/// The undo of what was done to a product. A movement of stock is undone by its reverse, whatever else has moved since, as far as the stock allows it; a stock
/// that was set goes back only where nothing has moved since.
/// </summary>
public static class UndoStockRules
{
    /// <param name="state">The product.</param>
    /// <param name="past">Its stream.</param>
    /// <param name="held">What the order of the movement holds now; null where there is none.</param>
    /// <param name="reason">Why.</param>
    public static Decision Undo(Product? state, Past past, Reservation? held, string? reason)
    {
        if (past.Done.Count == 0 || state is null)
        {
            return UndoRules.NothingDone;
        }

        return past.Done switch
        {
            [StockAdjusted { Action: not (StockAction.Set or StockAction.Commit) } moved] => Reverse(state, moved, reason),
            [StockReserved reserved] => held is null
                ? Refusal.InvalidState("Nothing is reserved for the order any more")
                : StockRules.Decide(state, held, Adjust(state, StockAction.Release, held.Quantity, reason, reserved.OrderId)),
            [StockReleased released] => held is not null
                ? UndoRules.Changed("product")
                : StockRules.Decide(state, held, Adjust(state, StockAction.Reserve, released.Quantity, reason, released.OrderId)),
            _ => Whole(state, past, reason),
        };
    }

    /// <summary>The order that the undone movement was for; null where it was for none.</summary>
    public static string? OrderOf(Past past) => past.Done.FirstOrDefault() switch
    {
        StockReserved reserved => reserved.OrderId,
        StockReleased released => released.OrderId,
        _ => null,
    };

    private static Decision Reverse(Product state, StockAdjusted moved, string? reason) => StockRules.Decide(
        state, null,
        Adjust(
            state,
            moved.Action switch
            {
                StockAction.Add => StockAction.Remove,
                StockAction.Remove => StockAction.Add,
                StockAction.Reserve => StockAction.Release,
                _ => StockAction.Reserve,
            },
            moved.Quantity, reason, null));

    private static Decision Whole(Product state, Past past, string? reason)
    {
        var moved = past.Done.Any(happened => happened is StockAdjusted);
        var since = moved || past.Done[0] is ProductCreated ? past : past.Without(IsMovement);
        if (since.IsChanged)
        {
            return UndoRules.Changed("product");
        }

        var before = Fold.Of<Product>(null, past.Before, default);
        return past.Done[0] switch
        {
            ProductCreated => ProductRules.Decide(state, new DeleteProduct { ProductId = state.ProductId, Reason = reason ?? UndoRules.DefaultReason }),
            ProductDeleted => ProductRules.Restore(state),
            ProductUpdated => Updated(state, before!, moved, reason),
            StockAdjusted { Action: StockAction.Set } => StockRules.Set(state, before!.Stock, reason),
            _ => UndoRules.NothingDone,
        };
    }

    private static Decision Updated(Product now, Product before, bool moved, string? reason)
    {
        var stock = moved ? StockRules.Set(now, before.Stock, reason) : Decision.Nothing;
        return stock.Refusal is not null ? stock : Decision.Of([Back(now, before), .. stock.Events]);
    }

    private static ProductUpdated Back(Product now, Product before) => new()
    {
        ProductId = now.ProductId,
        Name = before.Name,
        Price = before.Price,
        Sku = before.Sku,
        Category = before.Category,
        Description = before.Description,
        Metadata = before.Metadata,
        Cleared = UndoRules.Cleared(
            [
                .. UndoRules.Gone("sku", now.Sku, before.Sku), .. UndoRules.Gone("category", now.Category, before.Category),
                .. UndoRules.Gone("description", now.Description, before.Description), .. UndoRules.Gone("metadata", now.Metadata, before.Metadata),
            ]),
    };

    private static bool IsMovement(IDomainEvent happened) => happened is StockAdjusted or StockReserved or StockReleased;

    // What was moved was moved by a command, whose quantity is a whole number of that size.
    private static AdjustInventory Adjust(Product state, string action, long quantity, string? reason, string? order) => new()
    {
        ProductId = state.ProductId,
        Action = action,
        Quantity = checked((int)quantity),
        Reason = reason ?? UndoRules.DefaultReason,
        OrderId = order,
    };
}
