using Workers.Contracts.Commands;

namespace Workers.Api.Descriptions;

/// <summary>Which commands that wait are cancelled.</summary>
internal sealed record CancellationBody : ReasonBody
{
    public CancellationFilter? Filter { get; init; }

    /// <summary>The number that a dry run has matched; where more are found by then nothing is done. Must be given where it is no dry run.</summary>
    [Between(0, 100_000)]
    public int? Expected { get; init; }

    /// <summary>Commands a second; 100 if nothing is said.</summary>
    [Between(1, 1_000)]
    public int? Rate { get; init; }

    /// <summary>Only says which they are.</summary>
    public bool? DryRun { get; init; }
}

/// <summary>A filter of commands that wait.</summary>
internal sealed record CancellationFilter
{
    /// <summary>Both if nothing is said.</summary>
    [OneOf("QUEUED", "SCHEDULED")]
    public string? State { get; init; }

    [OneOf(Contracts.Commands.Kind.Payment, Contracts.Commands.Kind.User, Contracts.Commands.Kind.Order, Contracts.Commands.Kind.Notification,
        Contracts.Commands.Kind.Inventory, Contracts.Commands.Kind.Refund, Contracts.Commands.Kind.Audit, Contracts.Commands.Kind.System)]
    public string? Kind { get; init; }

    /// <summary>A command's name.</summary>
    public string? Type { get; init; }

    public string? Key { get; init; }

    public string? UserId { get; init; }

    public string? CorrelationId { get; init; }

    /// <summary>As the list of commands searches.</summary>
    public string? Q { get; init; }

    /// <summary>Accepted then or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Accepted then or before; now if nothing is said.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>How many commands would be cancelled, and the oldest 100 of them.</summary>
internal sealed record CancellationShape
{
    public required bool DryRun { get; init; }

    /// <summary>Exactly so many: what is accepted later is not found by the filter that is answered here.</summary>
    public required long Matched { get; init; }

    public required CancellationFilter Filter { get; init; }

    public required IReadOnlyList<CancellableShape> Items { get; init; }
}

/// <summary>A command that would be cancelled.</summary>
internal sealed record CancellableShape
{
    public required Guid Id { get; init; }

    public required string Type { get; init; }

    public required string Kind { get; init; }

    public required string Key { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }
}

/// <summary>A cancellation that has begun, or was stopped.</summary>
internal sealed record CancellationStartedShape
{
    public required Guid OperationId { get; init; }

    public required bool DryRun { get; init; }

    /// <summary>RUNNING, DONE, CANCELLED, FAILED</summary>
    public required string State { get; init; }

    public required long Matched { get; init; }

    public required long Cancelled { get; init; }

    public required long Skipped { get; init; }

    public required int Rate { get; init; }

    public required IReadOnlyDictionary<string, string> Links { get; init; }
}

/// <summary>A cancellation of many commands.</summary>
internal sealed record CancellationOperationShape
{
    public required Guid OperationId { get; init; }

    /// <summary>RUNNING, DONE, CANCELLED, FAILED</summary>
    public required string State { get; init; }

    /// <summary>Commands that were found when it was confirmed; it cancels no more.</summary>
    public required long Matched { get; init; }

    /// <summary>Commands that it has come to so far.</summary>
    public required long Requested { get; init; }

    /// <summary>Commands that are cancelled.</summary>
    public required long Cancelled { get; init; }

    /// <summary>Commands that had begun or ended before.</summary>
    public required long Skipped { get; init; }

    /// <summary>Commands of which their own workers have not said yet that they are cancelled.</summary>
    public required int Pending { get; init; }

    /// <summary>Commands a second.</summary>
    public required int Rate { get; init; }

    public string? Reason { get; init; }

    public required string By { get; init; }

    public required CancellationFilter Filter { get; init; }

    /// <summary>Why it could not go on.</summary>
    public string? Error { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public required IReadOnlyDictionary<string, string> Links { get; init; }
}

/// <summary>Cancellations that are searched for.</summary>
internal sealed record CancellationFilters : Paging
{
    /// <summary>RUNNING, DONE, CANCELLED or FAILED.</summary>
    public string? State { get; init; }
}
