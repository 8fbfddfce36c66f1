using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>What may be done with an order, in the documents' own sentences.</summary>
public static class OrderRules
{
    public const string DefaultCurrency = "USD";

    /// <summary>Why an order is not confirmed: somebody did.</summary>
    public const string AlreadyConfirmed = "Order is already confirmed";

    /// <summary>Why an order is not confirmed: it was, and has left.</summary>
    public const string AlreadyGone = "Cannot confirm shipped or delivered order";

    private const string What = "Order";

    /// <param name="state">The order; null where there is none.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="commandId">Our id of the command: the order's number is made from it.</param>
    public static Decision Decide(Order? state, CreateOrder command, string commandId) => state is not null
        ? Refusal.AlreadyExists(What)
        : Decision.Of(new OrderCreated
        {
            OrderId = command.OrderId,
            OrderNumber = OrderNumber.Of(command.OrderId, commandId),
            UserId = command.UserId,
            Items = command.Items ?? [],
            TotalAmount = Money.Normal(command.Total),
            Currency = string.IsNullOrEmpty(command.Currency) ? DefaultCurrency : command.Currency,
            ShippingAddress = command.ShippingAddress,
            Payment = command.Payment,
            Metadata = command.Metadata,
            Data = command.Data,
        });

    public static Decision Decide(Order? state, UpdateOrder command)
    {
        if (state.Alive() is not { } order)
        {
            return Refusal.NotFound(What);
        }

        if (order.Status != OrderStatus.Created)
        {
            return Refusal.InvalidState(order.Status == OrderStatus.Cancelled ? "Cannot update cancelled order" : "Cannot update confirmed order");
        }

        var sum = OrderTotal.Of(command.Items ?? order.Items);
        if (sum is not null && command.TotalAmount is { } given && given != sum)
        {
            return new Refusal(Refusal.ValidationCode, "total_amount must equal the sum of the items");
        }

        return Decision.Of(new OrderUpdated
        {
            OrderId = order.OrderId,
            UserId = order.UserId,
            Items = command.Items,
            TotalAmount = command.Items is null ? command.TotalAmount : sum is { } total ? Money.Normal(total) : null,
            Currency = string.IsNullOrEmpty(command.Currency) ? null : command.Currency,
            ShippingAddress = command.ShippingAddress,
            Metadata = command.Metadata,
            Data = command.Data,
            Cleared = command.Clear,
        });
    }

    public static Decision Decide(Order? state, ConfirmOrder command) => state.Alive() switch
    {
        null => Refusal.NotFound(What),
        { Status: OrderStatus.Confirmed } => Refusal.InvalidState(AlreadyConfirmed),
        { Status: OrderStatus.Shipped or OrderStatus.Delivered } => Refusal.InvalidState(AlreadyGone),
        { Status: OrderStatus.Cancelled } => Refusal.InvalidState("Cannot confirm cancelled order"),
        { } order => Decision.Of(new OrderConfirmed { OrderId = order.OrderId, UserId = order.UserId }),
    };

    public static Decision Decide(Order? state, CancelOrder command) => state.Alive() switch
    {
        null => Refusal.NotFound(What),
        { Status: OrderStatus.Shipped or OrderStatus.Delivered } => Refusal.InvalidState("Cannot cancel shipped or delivered order"),
        { Status: OrderStatus.Cancelled } => Refusal.InvalidState("Order is already cancelled"),
        { } order => Decision.Of(new OrderCancelled
        {
            OrderId = order.OrderId,
            UserId = order.UserId,
            Reason = command.Reason,
            Was = order.Status,
        }),
    };

    public static Decision Decide(Order? state, ShipOrder command) => state.Alive() switch
    {
        null => Refusal.NotFound(What),
        { Status: OrderStatus.Created } => Refusal.InvalidState("Order must be confirmed before shipping"),
        { Status: OrderStatus.Shipped } => Refusal.InvalidState("Order is already shipped"),
        { Status: OrderStatus.Delivered } => Refusal.InvalidState("Order is already delivered"),
        { Status: OrderStatus.Cancelled } => Refusal.InvalidState("Cannot ship cancelled order"),
        { } order => Decision.Of(new OrderShipped
        {
            OrderId = order.OrderId,
            UserId = order.UserId,
            TrackingNumber = command.TrackingNumber,
            Carrier = command.Carrier,
        }),
    };

    public static Decision Decide(Order? state, DeliverOrder command) => state.Alive() switch
    {
        null => Refusal.NotFound(What),
        { Status: OrderStatus.Created or OrderStatus.Confirmed } => Refusal.InvalidState("Order must be shipped before delivery"),
        { Status: OrderStatus.Delivered } => Refusal.InvalidState("Order is already delivered"),
        { Status: OrderStatus.Cancelled } => Refusal.InvalidState("Cannot deliver cancelled order"),
        { } order => Decision.Of(new OrderDelivered { OrderId = order.OrderId, UserId = order.UserId }),
    };

    public static Decision Decide(Order? state, DeleteOrder command) => state.Alive() switch
    {
        null => Refusal.NotFound(What),
        { Status: OrderStatus.Confirmed or OrderStatus.Shipped } => Refusal.InvalidState("Cannot delete confirmed or shipped order"),
        { } order => Decision.Of(new OrderDeleted { OrderId = order.OrderId, UserId = order.UserId, Reason = command.Reason }),
    };

    /// <summary>The undo of a delete.</summary>
    public static Decision Restore(Order? state) => state switch
    {
        null => Refusal.NotFound(What),
        { Deleted: false } => Refusal.InvalidState("Order is not deleted"),
        _ => Decision.Of(new OrderRestored { OrderId = state.OrderId, UserId = state.UserId }),
    };
}
