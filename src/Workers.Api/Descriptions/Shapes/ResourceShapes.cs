using System.Text.Json;
using System.Text.Json.Serialization;
using Workers.Contracts.Commands;

namespace Workers.Api.Descriptions;

/// <summary>What every resource has, after its id.</summary>
internal abstract record ResourceShape
{
    public required string Id { get; init; }

    /// <summary>Goes up by one with each change; it is the `ETag`. 0 of what posted events alone tell of.</summary>
    [AtLeast("0")]
    public required long Version { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <summary>A user, with any further members that callers have sent.</summary>
internal sealed record UserShape : ResourceShape
{
    public required string UserId { get; init; }

    public required string Name { get; init; }

    public required string Email { get; init; }

    public int? Age { get; init; }

    public string? Username { get; init; }

    public IReadOnlyDictionary<string, JsonElement>? Attributes { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? More { get; set; }
}

/// <summary>An order.</summary>
internal sealed record OrderShape : ResourceShape
{
    public required string OrderId { get; init; }

    /// <summary>For people.</summary>
    public required string OrderNumber { get; init; }

    public required string CustomerId { get; init; }

    /// <summary>The same as `customer_id`.</summary>
    public required string UserId { get; init; }

    [OneOf(OrderStatus.Created, OrderStatus.Confirmed, OrderStatus.Shipped, OrderStatus.Delivered, OrderStatus.Cancelled)]
    public required string Status { get; init; }

    public required IReadOnlyList<OrderItem> Items { get; init; }

    public required decimal Total { get; init; }

    /// <summary>The same as `total`.</summary>
    public required decimal TotalAmount { get; init; }

    public required string Currency { get; init; }

    public ShippingAddress? ShippingAddress { get; init; }

    public PaymentChoice? Payment { get; init; }

    public string? Carrier { get; init; }

    public string? TrackingNumber { get; init; }

    public string? CancelReason { get; init; }

    /// <summary>Further members that the caller has sent.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Data { get; init; }
}

/// <summary>What creating an order answers.</summary>
internal sealed record NewOrderShape
{
    public required string OrderId { get; init; }

    public required string OrderNumber { get; init; }

    [OneOf(OrderStatus.Created)]
    public required string Status { get; init; }
}

/// <summary>What changing an order's state answers.</summary>
internal sealed record OrderStatusShape
{
    public required string OrderId { get; init; }

    [OneOf(OrderStatus.Created, OrderStatus.Confirmed, OrderStatus.Shipped, OrderStatus.Delivered, OrderStatus.Cancelled)]
    public required string Status { get; init; }

    /// <summary>Of one that is shipped.</summary>
    public string? TrackingNumber { get; init; }
}

/// <summary>One event of an order, in the order of its versions.</summary>
internal sealed record OrderEventShape
{
    public required string Type { get; init; }

    public required long Version { get; init; }

    public required DateTimeOffset At { get; init; }

    public required Guid CommandId { get; init; }

    public required IReadOnlyDictionary<string, JsonElement> Data { get; init; }
}
