namespace Workers.Contracts.Events;

[Event("product", Feed = "created")]
public sealed record ProductCreated : IDomainEvent
{
    [EntityId]
    public required string ProductId { get; init; }

    public required string Name { get; init; }

    public required decimal Price { get; init; }

    public string? Sku { get; init; }

    public string? Category { get; init; }

    public string? Description { get; init; }

    public required long Stock { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }
}

/// <summary>What was given has replaced what was there; what <see cref="Cleared"/> names is gone; the rest stayed.</summary>
[Event("product", Feed = "updated")]
public sealed record ProductUpdated : IDomainEvent
{
    [EntityId]
    public required string ProductId { get; init; }

    public string? Name { get; init; }

    public decimal? Price { get; init; }

    public string? Sku { get; init; }

    public string? Category { get; init; }

    public string? Description { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }

    public IReadOnlyList<string>? Cleared { get; init; }
}

[Event("product", Feed = "deleted")]
public sealed record ProductDeleted : IDomainEvent
{
    [EntityId]
    public required string ProductId { get; init; }

    public string? Reason { get; init; }
}

/// <summary>A delete was undone.</summary>
[Event("product", Feed = "created")]
public sealed record ProductRestored : IDomainEvent
{
    [EntityId]
    public required string ProductId { get; init; }
}
