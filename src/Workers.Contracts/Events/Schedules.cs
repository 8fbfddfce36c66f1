using System.Text.Json;

namespace Workers.Contracts.Events;

/// <summary>A command is executed again and again.</summary>
[Event("schedule", Announced = true)]
public sealed record ScheduleCreated : IDomainEvent
{
    [EntityId]
    public required string ScheduleId { get; init; }

    public string? Reason { get; init; }

    public Dictionary<string, JsonElement>? After { get; init; }
}

/// <summary>It was changed, paused or resumed.</summary>
[Event("schedule", Announced = true)]
public sealed record ScheduleUpdated : IDomainEvent
{
    [EntityId]
    public required string ScheduleId { get; init; }

    /// <summary>changed, paused, resumed.</summary>
    public required string Change { get; init; }

    public string? Reason { get; init; }

    public Dictionary<string, JsonElement>? Before { get; init; }

    public Dictionary<string, JsonElement>? After { get; init; }
}

/// <summary>It fires no more.</summary>
[Event("schedule", Announced = true)]
public sealed record ScheduleDeleted : IDomainEvent
{
    [EntityId]
    public required string ScheduleId { get; init; }

    public string? Reason { get; init; }

    public Dictionary<string, JsonElement>? Before { get; init; }
}
