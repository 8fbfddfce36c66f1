using Workers.Contracts.Commands;

namespace Workers.Api.Descriptions;

/// <summary>How far a group has read a partition.</summary>
internal sealed record PartitionShape
{
    public required string Group { get; init; }

    public required string Topic { get; init; }

    public required int Partition { get; init; }

    /// <summary>The offset that it reads next.</summary>
    public required long Position { get; init; }

    public required long End { get; init; }

    /// <summary>How many records are left at most.</summary>
    public required long Lag { get; init; }

    /// <summary>How old the oldest of them is, in seconds; absent where nobody has read it.</summary>
    public decimal? LagSeconds { get; init; }

    /// <summary>The worker that serves it; absent where none does.</summary>
    public string? Worker { get; init; }

    /// <summary>Keys whose records wait for another attempt; of effects the calls under way.</summary>
    public int? KeysParked { get; init; }

    /// <summary>It does not go on by itself: an operator sets the position.</summary>
    public bool? Halted { get; init; }
}

/// <summary>Where a group is to read on.</summary>
internal sealed record PositionBody
{
    [Required, AtLeast("0")]
    public required long Position { get; init; }

    /// <summary>Required here, in the query or in `X-Reason`.</summary>
    [Length(1, 1_000)]
    public string? Reason { get; init; }
}

/// <summary>Where a group reads on.</summary>
internal sealed record PositionShape
{
    public required string Group { get; init; }

    public required string Topic { get; init; }

    public required int Partition { get; init; }

    public required long Before { get; init; }

    public required long Position { get; init; }
}

/// <summary>A process that works.</summary>
internal sealed record WorkerShape
{
    public required string Id { get; init; }

    /// <summary>`gone` has not been heard of for 20 s; who has stopped or is gone is shown for an hour.</summary>
    [OneOf("starting", "working", "stopped", "gone")]
    public required string State { get; init; }

    public required string Host { get; init; }

    public required int Pid { get; init; }

    public required string Version { get; init; }

    public required IReadOnlyList<string> Roles { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset HeartbeatAt { get; init; }

    /// <summary>How far its clock is ahead of the store's, in milliseconds; what a heartbeat takes is part of it.</summary>
    public required long ClockMsOff { get; init; }

    /// <summary>What it reads, by group.</summary>
    public required IReadOnlyDictionary<string, WorkerGroupShape> Groups { get; init; }

    /// <summary>The types of commands on which it has spent the most time in the last two minutes.</summary>
    public required IReadOnlyList<SlowHandlerShape> SlowHandlers { get; init; }

    /// <summary>What it has changed most often in the last two minutes.</summary>
    public required IReadOnlyList<HotKeyShape> HotKeys { get; init; }

    public required IReadOnlyList<PauseShape> Pauses { get; init; }
}

/// <summary>What a process reads.</summary>
internal sealed record WorkerGroupShape
{
    public required long Lag { get; init; }

    public decimal? LagSeconds { get; init; }

    public required int KeysParked { get; init; }

    public required IReadOnlyList<string> Partitions { get; init; }
}

/// <summary>What commands of a type have taken.</summary>
internal sealed record SlowHandlerShape
{
    public required string Type { get; init; }

    public required long Count { get; init; }

    /// <summary>All their run times together.</summary>
    public required long RunMs { get; init; }

    public required long LongestMs { get; init; }
}

/// <summary>An entity to which much happens.</summary>
internal sealed record HotKeyShape
{
    /// <summary>Its kind and id, such as `order/42`.</summary>
    public required string Key { get; init; }

    public required long Events { get; init; }
}

/// <summary>Which keys.</summary>
internal sealed record ParkedFilters
{
    /// <summary>`commands` if nothing is said. Of `effects` the calls to the outside that are under way or made again, each with the command that asked for it.</summary>
    [OneOf("commands", "sagas", "effects")]
    public string? Group { get; init; }

    /// <summary>This key alone, such as a command's.</summary>
    public string? Key { get; init; }

    /// <summary>How many at most; 50 if nothing is said.</summary>
    [Between(1, 1_000)]
    public int? Limit { get; init; }
}

/// <summary>A key whose records are set aside.</summary>
internal sealed record ParkedKeyShape
{
    public required string Group { get; init; }

    public required string Topic { get; init; }

    public required int Partition { get; init; }

    public required string Key { get; init; }

    /// <summary>How many records of it wait.</summary>
    public required int Records { get; init; }

    /// <summary>The first of them.</summary>
    public required Guid CommandId { get; init; }

    public required string Type { get; init; }

    public required int Attempts { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset FirstAt { get; init; }

    /// <summary>When it is tried again; absent where somebody has to say so.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Such as `retry` or `paused`.</summary>
    public string? Reason { get; init; }

    public string? ErrorType { get; init; }

    public string? Error { get; init; }
}

/// <summary>Commands that are held back.</summary>
internal sealed record PauseShape
{
    /// <summary>Their kind.</summary>
    public required string Queue { get; init; }

    public string? Type { get; init; }

    public string? Key { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset? Until { get; init; }

    public DateTimeOffset? At { get; init; }

    public required string By { get; init; }
}
