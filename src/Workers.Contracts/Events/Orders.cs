using System.Text.Json;
using Workers.Contracts.Commands;

namespace Workers.Contracts.Events;

/// <summary>An order was taken. With <see cref="Payment"/> the order flow starts.</summary>
[Event("order", Feed = "created")]
public sealed record OrderCreated : IDomainEvent
{
    [EntityId]
    public required string OrderId { get; init; }

    public required string OrderNumber { get; init; }

    public required string UserId { get; init; }

    public IReadOnlyList<OrderItem> Items { get; init; } = [];

    public required decimal TotalAmount { get; init; }

    public required string Currency { get; init; }

    public ShippingAddress? ShippingAddress { get; init; }

    public PaymentChoice? Payment { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }

    public Dictionary<string, JsonElement>? Data { get; init; }
}

/// <summary>What was given has replaced what was there; what <see cref="Cleared"/> names is gone; the rest stayed.</summary>
[Event("order", Feed = "updated")]
public sealed record OrderUpdated : IDomainEvent
{
    [EntityId]
    public required string OrderId { get; init; }

    public required string UserId { get; init; }

    public IReadOnlyList<OrderItem>? Items { get; init; }

    public decimal? TotalAmount { get; init; }

    public string? Currency { get; init; }

    public ShippingAddress? ShippingAddress { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }

    public Dictionary<string, JsonElement>? Data { get; init; }

    public IReadOnlyList<string>? Cleared { get; init; }
}

[Event("order", Feed = "updated")]
public sealed record OrderConfirmed : IDomainEvent
{
    [EntityId]
    public required string OrderId { get; init; }

    public required string UserId { get; init; }
}

[Event("order", Feed = "updated")]
public sealed record OrderShipped : IDomainEvent
{
    [EntityId]
    public required string OrderId { get; init; }

    public required string UserId { get; init; }

    public required string TrackingNumber { get; init; }

    public required string Carrier { get; init; }
}

[Event("order", Feed = "updated")]
public sealed record OrderDelivered : IDomainEvent
{
    [EntityId]
    public required string OrderId { get; init; }

    public required string UserId { get; init; }
}

[Event("order", Feed = "updated")]
public sealed record OrderCancelled : IDomainEvent
{
    [EntityId]
    public required string OrderId { get; init; }

    public required string UserId { get; init; }

    public required string Reason { get; init; }

    /// <summary>The state before.</summary>
    public required string Was { get; init; }
}

[Event("order", Feed = "deleted")]
public sealed record OrderDeleted : IDomainEvent
{
    [EntityId]
    public required string OrderId { get; init; }

    public required string UserId { get; init; }

    public string? Reason { get; init; }
}

/// <summary>A delete was undone.</summary>
[Event("order", Feed = "created")]
public sealed record OrderRestored : IDomainEvent
{
    [EntityId]
    public required string OrderId { get; init; }

    public required string UserId { get; init; }
}
