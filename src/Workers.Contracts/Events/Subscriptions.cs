using System.Text.Json;

namespace Workers.Contracts.Events;

/// <summary>Somebody is told when commands end.</summary>
[Event("subscription", Announced = true)]
public sealed record SubscriptionCreated : IDomainEvent
{
    [EntityId]
    public required string SubscriptionId { get; init; }

    public string? Reason { get; init; }

    public Dictionary<string, JsonElement>? After { get; init; }
}

/// <summary>Nobody is told any more.</summary>
[Event("subscription", Announced = true)]
public sealed record SubscriptionDeleted : IDomainEvent
{
    [EntityId]
    public required string SubscriptionId { get; init; }

    public string? Reason { get; init; }

    public Dictionary<string, JsonElement>? Before { get; init; }
}

/// <summary>The receiver wants no more.</summary>
[Event("subscription", Announced = true)]
public sealed record SubscriptionDisabled : IDomainEvent
{
    [EntityId]
    public required string SubscriptionId { get; init; }

    public string? Reason { get; init; }
}
