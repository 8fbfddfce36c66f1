using System.Text.Json;

namespace Workers.Contracts.Events;

/// <summary>Commands of a kind are held back.</summary>
[Event("queue", Announced = true)]
public sealed record QueuePaused : IDomainEvent
{
    [EntityId]
    public required string Queue { get; init; }

    public string? Reason { get; init; }

    public Dictionary<string, JsonElement>? Before { get; init; }

    public Dictionary<string, JsonElement>? After { get; init; }
}

/// <summary>They run again.</summary>
[Event("queue", Announced = true)]
public sealed record QueueResumed : IDomainEvent
{
    [EntityId]
    public required string Queue { get; init; }

    public string? Reason { get; init; }

    public Dictionary<string, JsonElement>? Before { get; init; }
}

/// <summary>What waited in the queue is cancelled.</summary>
[Event("queue", Announced = true)]
public sealed record QueueCleared : IDomainEvent
{
    [EntityId]
    public required string Queue { get; init; }

    /// <summary>Commands that had no outcome at that moment.</summary>
    public required int Cancelled { get; init; }

    public string? Reason { get; init; }

    public Dictionary<string, JsonElement>? Before { get; init; }

    public Dictionary<string, JsonElement>? After { get; init; }
}

/// <summary>A handler takes over commands, or one of ours came back.</summary>
[Event("handler", Announced = true)]
public sealed record HandlerRegistered : IDomainEvent
{
    [EntityId]
    public required string Name { get; init; }

    public string? Reason { get; init; }

    public Dictionary<string, JsonElement>? Before { get; init; }

    public Dictionary<string, JsonElement>? After { get; init; }
}

/// <summary>Nobody executes its commands any more.</summary>
[Event("handler", Announced = true)]
public sealed record HandlerUnregistered : IDomainEvent
{
    [EntityId]
    public required string Name { get; init; }

    public string? Reason { get; init; }

    public Dictionary<string, JsonElement>? Before { get; init; }

    public Dictionary<string, JsonElement>? After { get; init; }
}

/// <summary>A handler outside answers again.</summary>
[Event("handler", Announced = true)]
public sealed record HandlerAvailable : IDomainEvent
{
    [EntityId]
    public required string Name { get; init; }

    public required string Worker { get; init; }
}

/// <summary>A handler outside does not answer: calls to it wait.</summary>
[Event("handler", Announced = true)]
public sealed record HandlerUnavailable : IDomainEvent
{
    [EntityId]
    public required string Name { get; init; }

    public required string Worker { get; init; }

    public string? Reason { get; init; }
}

/// <summary>Somebody has closed circuits by hand.</summary>
[Event("circuit", Announced = true)]
public sealed record CircuitBreakerReset : IDomainEvent
{
    /// <summary>The service; <c>*</c> for all.</summary>
    [EntityId]
    public required string Name { get; init; }

    public string? Reason { get; init; }

    public Dictionary<string, JsonElement>? Before { get; init; }
}

/// <summary>The list of commands forgets what was accepted before and has ended.</summary>
[Event("history", Announced = true)]
public sealed record HistoryCleared : IDomainEvent
{
    [EntityId]
    public required string List { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public required long BeforeMs { get; init; }

    public string? Reason { get; init; }
}

/// <summary>Figures of commands are counted anew from here.</summary>
[Event("metrics", Announced = true)]
public sealed record MetricsReset : IDomainEvent
{
    [EntityId]
    public required string Figures { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public required long AtMs { get; init; }

    public string? Reason { get; init; }
}
