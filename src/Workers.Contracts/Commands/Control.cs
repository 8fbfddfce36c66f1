namespace Workers.Contracts.Commands;

/// <summary>A command that waits is not to be executed: queued, scheduled or to be tried again.</summary>
[Command(Kind.System, "cancel", "command", Internal = true, ForAll = true)]
public sealed record CancelCommand : ICommand
{
    /// <summary>Our id of the command.</summary>
    [Key]
    public string TargetId { get; init => field = value ?? ""; } = "";

    /// <summary>The command's key.</summary>
    [Required]
    public string TargetKey { get; init => field = value ?? ""; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }

    /// <summary>The cancellation of many that it is a part of; absent for none.</summary>
    public string? OperationId { get; init; }

    /// <summary>Who has asked for that.</summary>
    public string? By { get; init; }
}

/// <summary>What came by queue, execute-async, cqrs or Kafka and has not run is cancelled.</summary>
[Command(Kind.System, "clear", "queue", Internal = true, ForAll = true)]
public sealed record ClearQueue : ICommand
{
    [Key]
    public string QueueName { get; init => field = value ?? ""; } = "commands";

    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>Commands of a kind are held back, those of one type or one key if these are given.</summary>
[Command(Kind.System, "pause", "queue", Internal = true, ForAll = true)]
public sealed record PauseQueue : ICommand
{
    [Key]
    public string Queue { get; init => field = value ?? ""; } = "";

    public string? TargetType { get; init; }

    public string? TargetKey { get; init; }

    [Length(1, 1000)]
    public string? Reason { get; init; }

    /// <summary>When it ends by itself, in milliseconds since 1970; absent: never.</summary>
    public long? UntilMs { get; init; }
}

/// <summary>Ends a pause of the same kind, type and key.</summary>
[Command(Kind.System, "resume", "queue", Internal = true, ForAll = true)]
public sealed record ResumeQueue : ICommand
{
    [Key]
    public string Queue { get; init => field = value ?? ""; } = "";

    public string? TargetType { get; init; }

    public string? TargetKey { get; init; }

    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>A handler outside takes over these commands; without a url one of ours comes back.</summary>
[Command(Kind.System, "register", "handler", Internal = true, ForAll = true)]
public sealed record RegisterHandler : ICommand
{
    [Key]
    public string Name { get; init => field = value ?? ""; } = "";

    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>One of <see cref="HandlerTargets"/>, then the name is the type; absent: commands.</summary>
    public string? Handles { get; init; }

    public string? Url { get; init; }

    /// <summary><c>whsec_</c> and base64.</summary>
    [Sensitive]
    public string? Secret { get; init; }

    public long? TimeoutMs { get; init; }

    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>Nobody executes the handler's commands any more.</summary>
[Command(Kind.System, "unregister", "handler", Internal = true, ForAll = true)]
public sealed record UnregisterHandler : ICommand
{
    [Key]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>The registration that is meant; a later one stays. Absent: whichever there is.</summary>
    public long? Registration { get; init; }

    /// <summary>The name is one of these commands, whoever has it; absent: all that the handler has.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>One of <see cref="HandlerTargets"/>, then the name is the type; absent: commands.</summary>
    public string? Handles { get; init; }

    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>Closes the circuits of a service on every worker.</summary>
[Command(Kind.System, "reset", "circuit", Internal = true, ForAll = true)]
public sealed record ResetCircuitBreaker : ICommand
{
    /// <summary>The service; <c>*</c> for all.</summary>
    [Key]
    public string Name { get; init => field = value ?? ""; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>A worker's circuit has opened or closed; said by the worker.</summary>
[Command(Kind.System, "record_circuit", "circuit", Internal = true, ForAll = true)]
public sealed record RecordCircuit : ICommand
{
    [Key]
    public string Name { get; init => field = value ?? ""; } = "";

    public string Worker { get; init => field = value ?? ""; } = "";

    /// <summary>closed, open, half_open.</summary>
    public string State { get; init => field = value ?? ""; } = "";

    public int? Failures { get; init; }

    public long? OpenedMs { get; init; }

    public long? RetryMs { get; init; }
}

/// <summary>The list of commands forgets what has ended; ids stay known, so that a repeat is still told from a new command.</summary>
[Command(Kind.System, "clear", "history", Internal = true, ForAll = true)]
public sealed record ClearHistory : ICommand
{
    [Key]
    public string List { get; init => field = value ?? ""; } = "commands";

    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>Figures of commands begin anew; those of minutes and hours stay.</summary>
[Command(Kind.System, "reset", "metrics", Internal = true)]
public sealed record ResetMetrics : ICommand
{
    [Key]
    public string Figures { get; init => field = value ?? ""; } = "commands";

    [Length(1, 1000)]
    public string? Reason { get; init; }
}
