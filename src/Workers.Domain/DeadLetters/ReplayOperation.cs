namespace Workers.Domain;

/// <summary>The replay of many dead letters: how far it is, and where it goes on.</summary>
public sealed record ReplayOperation
{
    public const string Kind = "replay";
    public const string Running = "RUNNING";
    public const string Done = "DONE";
    public const string Cancelled = "CANCELLED";

    public required string OperationId { get; init; }

    public required string State { get; init; }

    /// <summary>Letters that it found when it began.</summary>
    public long Matched { get; init; }

    /// <summary>Letters that it has come to so far.</summary>
    public long Requested { get; init; }

    /// <summary>Letters that went back.</summary>
    public long Replayed { get; init; }

    /// <summary>Letters that somebody else had taken off the desk before.</summary>
    public long Skipped { get; init; }

    /// <summary>Letters a second.</summary>
    public int Rate { get; init; }

    public int? Limit { get; init; }

    public string? Reason { get; init; }

    /// <summary>The caller who asked for it.</summary>
    public required string By { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What the filter compares; null where letters were named.</summary>
    public ReplayFilter? Filter { get; init; }

    /// <summary>The filter has found all that was there before it began up to here.</summary>
    public long AfterMs { get; init; } = long.MinValue;

    public Guid AfterId { get; init; }

    /// <summary>Nothing more is looked for.</summary>
    public bool IsRead { get; init; }

    /// <summary>Letters that are next, in their order.</summary>
    public IReadOnlyList<Guid> Next { get; init; } = [];

    /// <summary>Commands that put letters back and have not ended: they wait behind others of their key.</summary>
    public IReadOnlyList<Guid> Pending { get; init; } = [];

    /// <summary>Looks in a row in which nothing had changed.</summary>
    public int Idle { get; init; }
}

/// <summary>Which letters; what is null is not compared.</summary>
public sealed record ReplayFilter(string? Group, string? Key, string? Reason, string? Code, string? ErrorType, string? Frame, Guid? CommandId);
