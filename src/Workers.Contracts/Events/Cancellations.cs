using Workers.Contracts.Commands;

namespace Workers.Contracts.Events;

/// <summary>Commands that wait are being cancelled.</summary>
[Event("cancellation", Announced = true)]
public sealed record CancellationStarted : IDomainEvent
{
    [EntityId]
    public required string OperationId { get; init; }

    /// <summary>Commands that it found when it was confirmed.</summary>
    public required long Matched { get; init; }

    public WaitingFilter? Filter { get; init; }

    public string? Reason { get; init; }
}

/// <summary>All of them are cancelled, or somebody has stopped it.</summary>
[Event("cancellation", Announced = true)]
public sealed record CancellationEnded : IDomainEvent
{
    [EntityId]
    public required string OperationId { get; init; }

    /// <summary>DONE, CANCELLED or FAILED.</summary>
    public required string State { get; init; }

    public required long Cancelled { get; init; }

    /// <summary>Commands that had begun or ended before.</summary>
    public required long Skipped { get; init; }

    public string? Reason { get; init; }
}
