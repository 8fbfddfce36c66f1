using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workers.Contracts.Commands;

/// <summary>An order of items, or of a total alone. Without a currency it is in USD.</summary>
[Command(Kind.Order, "create", "order", Undoable = true)]
public sealed record CreateOrder : ICommand, IChecked
{
    [Key(Made = true)]
    public string OrderId { get; init => field = value ?? ""; } = "";

    [Alias("customer_id"), Required(In = Forms.Loose | Forms.Orders), Required("customer_id is required", In = Forms.Strict), Id]
    public string UserId { get; init => field = value ?? ""; } = "";

    [Part]
    public IReadOnlyList<OrderItem>? Items { get; init; }

    [Alias("amount"), Alias("total"), AtLeast("0.01"), Amount]
    public decimal? TotalAmount { get; init; }

    [Currency]
    public string? Currency { get; init => field = value?.ToUpperInvariant(); }

    [Required(In = Forms.Strict), Part]
    public ShippingAddress? ShippingAddress { get; init; }

    [Part]
    public PaymentChoice? Payment { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }

    /// <summary>Further members of an envelope's <c>data</c>, kept as they came.</summary>
    [Open(Rest = true)]
    public Dictionary<string, JsonElement>? Data { get; init; }

    /// <summary>What the order costs: the sum of its items, else the total given.</summary>
    [JsonIgnore]
    public decimal Total => OrderTotal.Of(Items) ?? TotalAmount ?? 0;

    void IChecked.Check(Violations violations)
    {
        if (Items is not { Count: > 0 } && (TotalAmount is null || violations.Form == Forms.Strict))
        {
            violations.Add("items", "Order must have at least one item");
        }

        OrderTotal.Check(violations, Items, TotalAmount);
    }
}

/// <summary>Changes an order that is not confirmed yet: what is given replaces, what is absent stays.</summary>
[Command(Kind.Order, "update", "order", Undoable = true)]
public sealed record UpdateOrder : ICommand, IVersioned, IChecked
{
    [Key]
    public string OrderId { get; init => field = value ?? ""; } = "";

    [Alias("customer_id"), Id]
    public string? UserId { get; init; }

    [Part]
    public IReadOnlyList<OrderItem>? Items { get; init; }

    /// <summary>Only for an order without items; 0, as a zero value of document 000's structure, is absent.</summary>
    [Alias("amount"), Alias("total"), AtLeast("0.01"), Amount]
    public decimal? TotalAmount { get; init => field = value == 0 ? null : value; }

    [Currency]
    public string? Currency { get; init => field = value?.ToUpperInvariant(); }

    [Part]
    public ShippingAddress? ShippingAddress { get; init; }

    /// <summary>Members to remove; a null in a request's body is read as its name here.</summary>
    [Clears]
    public IReadOnlyList<string>? Clear { get; init; }

    [AtLeast("1")]
    public long? ExpectedVersion { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }

    [Open(Rest = true)]
    public Dictionary<string, JsonElement>? Data { get; init; }

    void IChecked.Check(Violations violations)
    {
        if (Items is { Count: 0 })
        {
            violations.Add("items", "Order must have at least one item");
        }

        violations.Something(
            ((object?)Items ?? (object?)ShippingAddress ?? (object?)Metadata ?? Data) is not null || TotalAmount is not null || !string.IsNullOrEmpty(Currency), Clear);
        violations.Clearable(Clear, "shipping_address", "metadata", "data");
        OrderTotal.Check(violations, Items, TotalAmount);
    }
}

[Command(Kind.Order, "confirm", "order", Undoable = true)]
public sealed record ConfirmOrder : ICommand, IVersioned
{
    [Key]
    public string OrderId { get; init => field = value ?? ""; } = "";

    [Alias("customer_id"), Id]
    public string? UserId { get; init; }

    [AtLeast("1")]
    public long? ExpectedVersion { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}

[Command(Kind.Order, "cancel", "order")]
public sealed record CancelOrder : ICommand, IVersioned
{
    [Key]
    public string OrderId { get; init => field = value ?? ""; } = "";

    [Required("Cancellation reason is required"), Length(1, 1000)]
    public string Reason { get; init => field = value ?? ""; } = "";

    [Alias("customer_id"), Id]
    public string? UserId { get; init; }

    [AtLeast("1")]
    public long? ExpectedVersion { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}

[Command(Kind.Order, "ship", "order")]
public sealed record ShipOrder : ICommand, IVersioned
{
    [Key]
    public string OrderId { get; init => field = value ?? ""; } = "";

    [Required("Tracking number is required"), Length(1, 200)]
    public string TrackingNumber { get; init => field = value ?? ""; } = "";

    [Required("Carrier is required"), Length(1, 200)]
    public string Carrier { get; init => field = value ?? ""; } = "";

    [Alias("customer_id"), Id]
    public string? UserId { get; init; }

    [AtLeast("1")]
    public long? ExpectedVersion { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}

[Command(Kind.Order, "deliver", "order")]
public sealed record DeliverOrder : ICommand, IVersioned
{
    [Key]
    public string OrderId { get; init => field = value ?? ""; } = "";

    [Alias("customer_id"), Id]
    public string? UserId { get; init; }

    [AtLeast("1")]
    public long? ExpectedVersion { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}

[Command(Kind.Order, "delete", "order", Undoable = true)]
public sealed record DeleteOrder : ICommand, IVersioned
{
    [Key]
    public string OrderId { get; init => field = value ?? ""; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }

    [Alias("customer_id"), Id]
    public string? UserId { get; init; }

    [AtLeast("1")]
    public long? ExpectedVersion { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}
