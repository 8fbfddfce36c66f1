using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>An order as its events made it.</summary>
public sealed record Order : IEntity<Order>
{
    public static string Kind => "order";

    public required string OrderId { get; init; }

    public required string OrderNumber { get; init; }

    public required string UserId { get; init; }

    public IReadOnlyList<OrderItem> Items { get; init; } = [];

    public decimal TotalAmount { get; init; }

    public required string Currency { get; init; }

    public ShippingAddress? ShippingAddress { get; init; }

    public PaymentChoice? Payment { get; init; }

    /// <summary>One of <see cref="OrderStatus"/>.</summary>
    public required string Status { get; init; }

    public string? TrackingNumber { get; init; }

    public string? Carrier { get; init; }

    public string? CancelReason { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }

    public Dictionary<string, JsonElement>? Data { get; init; }

    public bool Deleted { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public static Order? Apply(Order? state, IDomainEvent happened, DateTimeOffset at) => (happened, state) switch
    {
        (OrderCreated e, _) => Created(e, at),
        (OrderUpdated e, not null) => Updated(state, e) with { UpdatedAt = at },
        (OrderConfirmed, not null) => state with { Status = OrderStatus.Confirmed, UpdatedAt = at },
        (OrderShipped e, not null) => state with
        {
            Status = OrderStatus.Shipped,
            TrackingNumber = e.TrackingNumber,
            Carrier = e.Carrier,
            UpdatedAt = at,
        },
        (OrderDelivered, not null) => state with { Status = OrderStatus.Delivered, UpdatedAt = at },
        (OrderCancelled e, not null) => state with { Status = OrderStatus.Cancelled, CancelReason = e.Reason, UpdatedAt = at },
        (OrderDeleted, not null) => state with { Deleted = true, UpdatedAt = at },
        (OrderRestored, not null) => state with { Deleted = false, UpdatedAt = at },
        _ => state,
    };

    private static Order Created(OrderCreated e, DateTimeOffset at) => new()
    {
        OrderId = e.OrderId,
        OrderNumber = e.OrderNumber,
        UserId = e.UserId,
        Items = e.Items,
        TotalAmount = e.TotalAmount,
        Currency = e.Currency,
        ShippingAddress = e.ShippingAddress,
        Payment = e.Payment,
        Metadata = e.Metadata,
        Data = e.Data,
        Status = OrderStatus.Created,
        CreatedAt = at,
        UpdatedAt = at,
    };

    private static Order Updated(Order state, OrderUpdated e) => state with
    {
        Items = e.Items ?? state.Items,
        TotalAmount = e.TotalAmount ?? state.TotalAmount,
        Currency = e.Currency ?? state.Currency,
        ShippingAddress = e.Cleared.Has("shipping_address") ? null : e.ShippingAddress ?? state.ShippingAddress,
        Metadata = e.Cleared.Has("metadata") ? null : e.Metadata ?? state.Metadata,
        Data = e.Cleared.Has("data") ? null : e.Data ?? state.Data,
    };
}
