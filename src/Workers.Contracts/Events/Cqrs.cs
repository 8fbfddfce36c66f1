using System.Text.Json;

namespace Workers.Contracts.Events;

/// <summary>Somebody has saved a read model.</summary>
[Event("read_model", Announced = true)]
public sealed record ReadModelSaved : IDomainEvent
{
    [EntityId]
    public required string ModelId { get; init; }

    public required string ModelType { get; init; }

    public required long Version { get; init; }

    public Dictionary<string, JsonElement>? Data { get; init; }
}

/// <summary>Somebody has deleted a read model.</summary>
[Event("read_model", Announced = true)]
public sealed record ReadModelDeleted : IDomainEvent
{
    [EntityId]
    public required string ModelId { get; init; }

    public required string ModelType { get; init; }

    /// <summary>What the entity's events had come to; 0 where it has none.</summary>
    public required long Version { get; init; }
}
