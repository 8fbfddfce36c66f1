using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Api.Reads;

/// <summary>All that is known of one command.</summary>
/// <param name="Outcome">Null while there is none.</param>
internal sealed record CommandView(CommandRow Row, Outcome? Outcome)
{
    /// <summary>Set while it waits for another attempt, or behind one of its key.</summary>
    public ParkedRow? Parked { get; init; }

    /// <summary>Other commands of the same caller's id.</summary>
    public IReadOnlyList<Guid> Alternates { get; init; } = [];

    /// <summary>The command that this one repeats: it has not run itself.</summary>
    public Guid? First { get; init; }

    /// <summary>Where its record lies, if that is known.</summary>
    public (PartitionId Partition, long Offset)? At { get; init; }

    public CommandState State => Outcome?.State ?? Row.Outcome?.State ?? (Parked is { Attempts: > 0 } ? CommandState.Retrying : CommandState.Queued);

    public bool IsFinal => Outcome?.IsFinal ?? Row.Outcome is not null;

    public int Attempts => Outcome?.Attempts ?? Row.Outcome?.Attempts ?? Parked?.Attempts ?? 0;

    public long StartedMs => NotBefore(Outcome?.StartedMs ?? Row.Outcome?.StartedMs ?? (Parked is { Attempts: > 0 } parked ? parked.FirstMs : 0));

    public long CompletedMs => NotBefore(Outcome?.CompletedMs ?? Row.Outcome?.CompletedMs ?? 0);

    // A batch has one time, from before its records were read: one that came meanwhile would be started before it was submitted.
    private long NotBefore(long ms) => ms > 0 ? Math.Max(ms, Row.SubmittedMs) : 0;
}
