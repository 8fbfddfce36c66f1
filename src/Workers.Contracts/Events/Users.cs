using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workers.Contracts.Events;

[Event("user", Feed = "created")]
public sealed record UserCreated : IDomainEvent
{
    [EntityId]
    public required string UserId { get; init; }

    public string? Name { get; init; }

    public string? Email { get; init; }

    public int? Age { get; init; }

    public string? Username { get; init; }

    public Dictionary<string, JsonElement>? Attributes { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }

    /// <summary>All other members. Settable because the JSON reader demands it.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? More { get; set; }
}

/// <summary>What was given has replaced what was there; what <see cref="Cleared"/> names is gone; the rest stayed.</summary>
[Event("user", Feed = "updated")]
public sealed record UserUpdated : IDomainEvent
{
    [EntityId]
    public required string UserId { get; init; }

    public string? Name { get; init; }

    public string? Email { get; init; }

    public int? Age { get; init; }

    public string? Username { get; init; }

    public Dictionary<string, JsonElement>? Attributes { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }

    public IReadOnlyList<string>? Cleared { get; init; }

    /// <summary>All other members. Settable because the JSON reader demands it.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? More { get; set; }
}

[Event("user", Feed = "deleted")]
public sealed record UserDeleted : IDomainEvent
{
    [EntityId]
    public required string UserId { get; init; }

    public string? Reason { get; init; }
}

/// <summary>A delete was undone.</summary>
[Event("user", Feed = "created")]
public sealed record UserRestored : IDomainEvent
{
    [EntityId]
    public required string UserId { get; init; }
}
