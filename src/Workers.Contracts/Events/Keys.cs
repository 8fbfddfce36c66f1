using System.Text.Json;

namespace Workers.Contracts.Events;

/// <summary>An API key was made.</summary>
[Event("key", Announced = true)]
public sealed record KeyCreated : IDomainEvent
{
    [EntityId]
    public required string KeyId { get; init; }

    public string? Reason { get; init; }

    /// <summary>Name, owner, roles, expiry.</summary>
    public Dictionary<string, JsonElement>? After { get; init; }
}

/// <summary>An API key opens nothing any more.</summary>
[Event("key", Announced = true)]
public sealed record KeyRevoked : IDomainEvent
{
    [EntityId]
    public required string KeyId { get; init; }

    public string? Reason { get; init; }

    /// <summary>Name, owner, roles, expiry.</summary>
    public Dictionary<string, JsonElement>? Before { get; init; }
}
