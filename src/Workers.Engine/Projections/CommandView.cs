using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Projections;

/// <summary>All that is known of one command.</summary>
/// <param name="Outcome">Null while there is none.</param>
public sealed record CommandView(CommandRow Row, Outcome? Outcome)
{
    /// <summary>Set while it waits for another attempt, or behind one of its key.</summary>
    public ParkedRow? Parked { get; init; }

    /// <summary>Other commands of the same caller's id.</summary>
    public IReadOnlyList<Guid> Alternates { get; init; } = [];

    /// <summary>The command that this one repeats: it has not run itself.</summary>
    public Guid? First { get; init; }

    /// <summary>Its <c>status</c> is told too, as document 001 calls the state; always so where it came by that door.</summary>
    public bool WithStatus { get; init; }

    /// <summary>Where its record lies, if that is known.</summary>
    public (PartitionId Partition, long Offset)? At { get; init; }

    /// <summary>When it is due, where it was accepted for later and its record is at hand.</summary>
    public long? DueMs { get; init; }

    public CommandState State => Outcome?.State ?? Row.Outcome?.State
        ?? (Parked is { Attempts: > 0 } ? CommandState.Retrying : IsDelayed ? CommandState.Scheduled : CommandState.Queued);

    /// <summary>It was accepted for a time of its own.</summary>
    public bool IsDelayed => Row is { Door: CommandRow.DelayedDoor, ScheduleId: null };

    /// <summary>When it is executed, while it waits for that; 0 where it does not.</summary>
    public long ScheduledMs => State != CommandState.Scheduled ? 0 : Outcome?.StartedMs ?? DueMs ?? 0;

    public bool IsFinal => Outcome?.IsFinal ?? Row.Outcome is not null;

    public int Attempts => Outcome?.Attempts ?? Row.Outcome?.Attempts ?? Parked?.Attempts ?? 0;

    public long StartedMs => NotBefore(State == CommandState.Scheduled ? 0 : Outcome?.StartedMs ?? Row.Outcome?.StartedMs ?? (Parked is { Attempts: > 0 } parked ? parked.FirstMs : 0));

    public long CompletedMs => NotBefore(Outcome?.CompletedMs ?? Row.Outcome?.CompletedMs ?? 0);

    // A batch has one time, from before its records were read: one that came meanwhile would be started before it was submitted.
    private long NotBefore(long ms) => ms > 0 ? Math.Max(ms, Row.SubmittedMs) : 0;
}
