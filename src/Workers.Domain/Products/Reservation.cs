using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>What an order holds of a product: there from its reservation until it is released or taken out of the stock.</summary>
public sealed record Reservation(long Quantity)
{
    public static string Kind => "reservation";

    /// <summary>No id contains a slash, so this one is the product's and the order's alone.</summary>
    public static string IdOf(string productId, string orderId) => $"{productId}/{orderId}";

    /// <summary>The reservation after an event of its product; null where it is gone.</summary>
    public static Reservation? Apply(Reservation? state, IDomainEvent happened) => happened switch
    {
        StockReserved e => new Reservation(e.Quantity),
        StockReleased or StockAdjusted { Action: StockAction.Commit } => null,
        _ => state,
    };
}
