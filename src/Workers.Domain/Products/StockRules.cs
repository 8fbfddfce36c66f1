using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>How a stock moves. It is never below what is reserved, and that never below zero.</summary>
public static class StockRules
{
    /// <summary>The largest stock, far from where arithmetic would wrap.</summary>
    public const long MaxStock = 1_000_000_000_000_000;

    /// <param name="state">The product; null where there is none.</param>
    /// <param name="held">What the command's order holds; null where it names none or holds nothing.</param>
    /// <param name="command">What is asked.</param>
    public static Decision Decide(Product? state, Reservation? held, AdjustInventory command)
    {
        var quantity = (long)command.Quantity.GetValueOrDefault();
        var order = string.IsNullOrEmpty(command.OrderId) ? null : command.OrderId;
        if (state.Alive() is not { } product)
        {
            var missing = Refusal.NotFound(ProductRules.What);
            return order is not null && command.Action == StockAction.Reserve
                ? Decision.Refuse(missing, Rejection(command.ProductId, order, quantity, 0, missing.Message))
                : missing;
        }

        return command.Action switch
        {
            StockAction.Add when product.Stock + quantity > MaxStock => Refusal.InvalidState("Stock is too large"),
            StockAction.Add => Adjusted(product, command.Action, quantity, product.Stock + quantity, product.Reserved, command.Reason),
            StockAction.Remove when quantity > product.Available => Insufficient(),
            StockAction.Remove => Adjusted(product, command.Action, quantity, product.Stock - quantity, product.Reserved, command.Reason),
            StockAction.Set => Set(product, quantity, command.Reason),
            StockAction.Reserve when order is not null => Reserve(product, held, order, quantity),
            StockAction.Reserve when quantity > product.Available => Insufficient(),
            StockAction.Reserve => Adjusted(product, command.Action, quantity, product.Stock, product.Reserved + quantity, command.Reason),
            StockAction.Release when order is not null => Release(product, held, order),
            StockAction.Release when quantity > product.Reserved - product.ReservedByOrders =>
                Refusal.InvalidState("Cannot release more than is reserved"),
            StockAction.Release => Adjusted(product, command.Action, quantity, product.Stock, product.Reserved - quantity, command.Reason),
            _ => new Refusal(Refusal.ValidationCode, "action must be one of add, remove, set, reserve, release"),
        };
    }

    /// <summary>Nothing reserved is nothing to take: the order was not this product's, or it has left already.</summary>
    public static Decision Decide(Product? state, Reservation? held, CommitStock command)
    {
        if (state is null)
        {
            return Refusal.NotFound(ProductRules.What);
        }

        return held is { Quantity: var quantity }
            ? Adjusted(state, StockAction.Commit, quantity, state.Stock - quantity, state.Reserved - quantity, null, command.OrderId)
            : Decision.Nothing;
    }

    internal static Decision Set(Product product, long quantity, string? reason) => quantity < product.Reserved
        ? Refusal.InvalidState("Cannot set stock below what is reserved")
        : Adjusted(product, StockAction.Set, quantity, quantity, product.Reserved, reason);

    // An order that asks again is told again, since it may be a flow that has not heard.
    private static Decision Reserve(Product product, Reservation? held, string order, long quantity)
    {
        if (held is not null)
        {
            return Reserved(product, order, held.Quantity, product.Reserved);
        }

        return quantity > product.Available
            ? Decision.Refuse(
                Insufficient(), Rejection(product.ProductId, order, quantity, product.Available, Insufficient().Message))
            : Reserved(product, order, quantity, product.Reserved + quantity);
    }

    private static Decision Release(Product product, Reservation? held, string order) => held is not null
        ? Decision.Of(new StockReleased
        {
            ProductId = product.ProductId,
            OrderId = order,
            Quantity = held.Quantity,
            Stock = product.Stock,
            Reserved = product.Reserved - held.Quantity,
        })
        : Decision.Nothing;

    private static Decision Reserved(Product product, string order, long quantity, long reserved) => Decision.Of(new StockReserved
    {
        ProductId = product.ProductId,
        OrderId = order,
        Quantity = quantity,
        Stock = product.Stock,
        Reserved = reserved,
    });

    private static Decision Adjusted(
        Product product, string action, long quantity, long stock, long reserved, string? reason, string? order = null) =>
        Decision.Of(new StockAdjusted
        {
            ProductId = product.ProductId,
            Action = action,
            Quantity = quantity,
            Stock = stock,
            Reserved = reserved,
            OrderId = order,
            Reason = reason,
        });

    private static Refusal Insufficient() => new(Refusal.InsufficientStockCode, "Insufficient stock");

    private static StockRejected Rejection(string productId, string order, long quantity, long available, string reason) => new()
    {
        ProductId = productId,
        OrderId = order,
        Quantity = quantity,
        Available = available,
        Reason = reason,
    };
}
