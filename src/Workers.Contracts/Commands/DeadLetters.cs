namespace Workers.Contracts.Commands;

/// <summary>Puts a dead letter's record back at its key. Keyed by that key, so that it runs in order with what else is there.</summary>
[Command(Kind.System, "replay_dead_letter", "dead_letter", Internal = true)]
public sealed record ReplayDeadLetter : ICommand
{
    /// <summary>The key of the letter's record; whatever another system made it.</summary>
    [Key]
    public string RecordKey { get; init; } = "";

    [Required, Id]
    public string LetterId { get; init; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }

    /// <summary>The replay of many that it is a part of; absent for none.</summary>
    public string? OperationId { get; init; }
}

/// <summary>Takes a dead letter off the desk; what it asked for is not done.</summary>
[Command(Kind.System, "discard_dead_letter", "dead_letter", Internal = true)]
public sealed record DiscardDeadLetter : ICommand
{
    /// <summary>The key of the letter's record; whatever another system made it.</summary>
    [Key]
    public string RecordKey { get; init; } = "";

    [Required, Id]
    public string LetterId { get; init; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>A dead letter's command becomes another one, which the door has found valid; the original is kept beside it. It stays on the desk.</summary>
[Command(Kind.System, "edit_dead_letter", "dead_letter", Internal = true)]
public sealed record EditDeadLetter : ICommand
{
    /// <summary>The key of the letter's record; whatever another system made it.</summary>
    [Key]
    public string RecordKey { get; init; } = "";

    [Required, Id]
    public string LetterId { get; init; } = "";

    /// <summary>Name of the command.</summary>
    public string NewType { get; init; } = "";

    /// <summary>The key that it has; another than the record's only where that had none.</summary>
    public string NewKey { get; init; } = "";

    public string? NewUserId { get; init; }

    /// <summary>UTF-8 JSON of its data, with what is sensitive in it encrypted. What it was and is stands in the audit trail, masked.</summary>
    [Sensitive(Encrypted = false)]
    public string Data { get; init; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>Puts dead letters back, the oldest first, so many a second: an operation that is read by its id, and goes on after a restart.</summary>
[Command(Kind.System, "replay_dead_letters", "replay", Internal = true)]
public sealed record ReplayDeadLetters : ICommand
{
    [Key]
    public string OperationId { get; init => field = value ?? ""; } = "";

    /// <summary>These letters; absent: those that the filter finds.</summary>
    public IReadOnlyList<string>? LetterIds { get; init; }

    public string? Group { get; init; }

    public string? RecordKey { get; init; }

    public string? LetterReason { get; init; }

    public string? Code { get; init; }

    public string? ErrorType { get; init; }

    public string? Frame { get; init; }

    public string? TargetId { get; init; }

    /// <summary>At most so many; absent: all that are there now.</summary>
    public int? Limit { get; init; }

    /// <summary>Letters a second.</summary>
    public int? Rate { get; init; }

    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>The next part of a replay of many; sent by the platform.</summary>
[Command(Kind.System, "continue_replay", "replay", Internal = true)]
public sealed record ContinueReplay : ICommand
{
    [Key]
    public string OperationId { get; init => field = value ?? ""; } = "";
}

/// <summary>A replay of many ends here; what was put back stays so.</summary>
[Command(Kind.System, "cancel_replay", "replay", Internal = true)]
public sealed record CancelReplay : ICommand
{
    [Key]
    public string OperationId { get; init => field = value ?? ""; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }
}
