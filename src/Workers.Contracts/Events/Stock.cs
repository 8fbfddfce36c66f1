namespace Workers.Contracts.Events;

/// <summary>A stock was moved, other than by an order's reservation or its release.</summary>
[Event("product", Feed = "updated")]
public sealed record StockAdjusted : IDomainEvent
{
    [EntityId]
    public required string ProductId { get; init; }

    /// <summary>One of <see cref="Commands.StockAction"/>.</summary>
    public required string Action { get; init; }

    public required long Quantity { get; init; }

    /// <summary>The stock after it.</summary>
    public required long Stock { get; init; }

    /// <summary>What is reserved after it.</summary>
    public required long Reserved { get; init; }

    public string? OrderId { get; init; }

    public string? Reason { get; init; }
}

/// <summary>An order has its reservation; told again when it is asked for again.</summary>
[Event("product", Feed = "updated")]
public sealed record StockReserved : IDomainEvent
{
    [EntityId]
    public required string ProductId { get; init; }

    public required string OrderId { get; init; }

    public required long Quantity { get; init; }

    public required long Stock { get; init; }

    public required long Reserved { get; init; }
}

/// <summary>An order's reservation is gone.</summary>
[Event("product", Feed = "updated")]
public sealed record StockReleased : IDomainEvent
{
    [EntityId]
    public required string ProductId { get; init; }

    public required string OrderId { get; init; }

    public required long Quantity { get; init; }

    public required long Stock { get; init; }

    public required long Reserved { get; init; }
}

/// <summary>An order did not get its reservation.</summary>
[Event("product", Announced = true)]
public sealed record StockRejected : IDomainEvent
{
    [EntityId]
    public required string ProductId { get; init; }

    public required string OrderId { get; init; }

    public required long Quantity { get; init; }

    /// <summary>What was there to reserve.</summary>
    public required long Available { get; init; }

    public required string Reason { get; init; }
}
