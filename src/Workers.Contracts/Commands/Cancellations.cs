namespace Workers.Contracts.Commands;

/// <summary>Cancels commands that wait, the oldest first, so many a second: an operation that is read by its id, and goes on after a restart.</summary>
[Command(Kind.System, "cancel_commands", "cancellation", Internal = true)]
public sealed record CancelCommands : ICommand
{
    [Key]
    public string OperationId { get; init => field = value ?? ""; } = "";

    [Part]
    public WaitingFilter? Filter { get; init; }

    /// <summary>How many it found when somebody confirmed it: it cancels no more.</summary>
    public long? Expected { get; init; }

    /// <summary>Commands a second.</summary>
    public int? Rate { get; init; }

    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>Which commands that wait; what is absent is not compared.</summary>
public sealed record WaitingFilter
{
    /// <summary>QUEUED or SCHEDULED; absent: both.</summary>
    public string? State { get; init; }

    public string? Kind { get; init; }

    public string? Type { get; init; }

    public string? Key { get; init; }

    public string? UserId { get; init; }

    public string? CorrelationId { get; init; }

    /// <summary>As the list of commands searches.</summary>
    public string? Q { get; init; }

    /// <summary>Accepted then or later, RFC 3339.</summary>
    public string? From { get; init; }

    /// <summary>Accepted then or before, RFC 3339.</summary>
    public string? To { get; init; }
}

/// <summary>The next part of a cancellation of many; sent by the platform.</summary>
[Command(Kind.System, "continue_cancellation", "cancellation", Internal = true)]
public sealed record ContinueCancellation : ICommand
{
    [Key]
    public string OperationId { get; init => field = value ?? ""; } = "";
}

/// <summary>Commands that a cancellation of many has found; sent by the effects.</summary>
[Command(Kind.System, "take_cancellable", "cancellation", Internal = true)]
public sealed record TakeCancellable : ICommand
{
    [Key]
    public string OperationId { get; init => field = value ?? ""; } = "";

    /// <summary>Where the search began.</summary>
    public string? After { get; init; }

    /// <summary>Where the next one begins; absent: nothing is left.</summary>
    public string? Next { get; init; }

    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>Their keys, in the same order.</summary>
    public IReadOnlyList<string>? Keys { get; init; }

    /// <summary>Why nothing could be found out.</summary>
    public string? Failure { get; init; }
}

/// <summary>A cancellation of many ends here; what is cancelled stays so.</summary>
[Command(Kind.System, "stop_cancellation", "cancellation", Internal = true)]
public sealed record StopCancellation : ICommand
{
    [Key]
    public string OperationId { get; init => field = value ?? ""; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }
}
