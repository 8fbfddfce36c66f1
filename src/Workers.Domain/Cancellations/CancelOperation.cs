using Workers.Contracts.Commands;

namespace Workers.Domain;

/// <summary>The cancellation of many commands: how far it is, and where it goes on.</summary>
public sealed record CancelOperation
{
    public const string Kind = "cancellation";
    public const string Running = "RUNNING";
    public const string Done = "DONE";
    public const string Stopped = "CANCELLED";
    public const string Failed = "FAILED";

    public required string OperationId { get; init; }

    /// <summary>How it ends stands here as soon as that is certain: commands that were asked for by then may still be cancelled, until <see cref="EndedAt"/>.</summary>
    public required string State { get; init; }

    /// <summary>Commands that were found when it was confirmed; it comes to no more.</summary>
    public long Matched { get; init; }

    /// <summary>Commands that it has come to so far.</summary>
    public long Requested { get; init; }

    /// <summary>Commands that are cancelled.</summary>
    public long Cancelled { get; init; }

    /// <summary>Commands that had begun or ended before.</summary>
    public long Skipped { get; init; }

    /// <summary>Commands a second.</summary>
    public int Rate { get; init; }

    public string? Reason { get; init; }

    /// <summary>The caller who asked for it.</summary>
    public required string By { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Never without <see cref="WaitingFilter.To"/>: what is accepted later is not looked for.</summary>
    public required WaitingFilter Filter { get; init; }

    /// <summary>Why it could not go on.</summary>
    public string? Error { get; init; }

    /// <summary>Why it was stopped, or could not go on.</summary>
    public string? Halted { get; init; }

    /// <summary>The search has come so far.</summary>
    public string? After { get; init; }

    /// <summary>A search is under way.</summary>
    public bool IsLooking { get; init; }

    /// <summary>Nothing more is looked for.</summary>
    public bool IsRead { get; init; }

    /// <summary>Commands that are next, in their order.</summary>
    public IReadOnlyList<CancelTarget> Next { get; init; } = [];

    /// <summary>Commands of which their own workers have not said yet that they are cancelled.</summary>
    public IReadOnlyList<Guid> Pending { get; init; } = [];

    /// <summary>Looks in a row in which nothing had changed.</summary>
    public int Idle { get; init; }
}

/// <param name="Id">Our id of a command.</param>
/// <param name="Key">Its key.</param>
public sealed record CancelTarget(Guid Id, string Key);
