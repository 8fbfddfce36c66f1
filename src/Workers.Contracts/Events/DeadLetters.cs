using System.Text.Json;

namespace Workers.Contracts.Events;

/// <summary>A dead letter's record went back to its key.</summary>
[Event("dead_letter", Announced = true)]
public sealed record DeadLetterReplayed : IDomainEvent
{
    [EntityId]
    public required string LetterId { get; init; }

    public string? OperationId { get; init; }

    public string? Reason { get; init; }

    public Dictionary<string, JsonElement>? Before { get; init; }
}

/// <summary>A dead letter has left the desk, and what it asked for is not done.</summary>
[Event("dead_letter", Announced = true)]
public sealed record DeadLetterDiscarded : IDomainEvent
{
    [EntityId]
    public required string LetterId { get; init; }

    public string? Reason { get; init; }

    public Dictionary<string, JsonElement>? Before { get; init; }
}

/// <summary>A dead letter's command was edited.</summary>
[Event("dead_letter", Announced = true)]
public sealed record DeadLetterEdited : IDomainEvent
{
    [EntityId]
    public required string LetterId { get; init; }

    public string? Reason { get; init; }

    public Dictionary<string, JsonElement>? Before { get; init; }

    public Dictionary<string, JsonElement>? After { get; init; }
}

/// <summary>Dead letters are being put back.</summary>
[Event("replay", Announced = true)]
public sealed record ReplayStarted : IDomainEvent
{
    [EntityId]
    public required string OperationId { get; init; }

    /// <summary>Letters that it found.</summary>
    public required long Matched { get; init; }

    public string? Reason { get; init; }
}

/// <summary>All of them are put back, or somebody has cancelled it.</summary>
[Event("replay", Announced = true)]
public sealed record ReplayEnded : IDomainEvent
{
    [EntityId]
    public required string OperationId { get; init; }

    /// <summary>DONE or CANCELLED.</summary>
    public required string State { get; init; }

    public required long Replayed { get; init; }

    /// <summary>Letters that others had taken off the desk before.</summary>
    public required long Skipped { get; init; }

    public string? Reason { get; init; }
}
