using Workers.Engine.Log;

namespace Workers.Engine.Store;

/// <summary>
/// What one batch changes, durable in one transaction or not at all. The position's compare-and-set comes first: no row changed means
/// that another worker, or an earlier batch of ours that failed, has moved it, and nothing else is written.
/// </summary>
public sealed class Flush
{
    public required PositionMove Position { get; set; }
    public List<StateWrite> States { get; } = [];
    public List<EventWrite> Events { get; } = [];
    public List<OutcomeWrite> Outcomes { get; } = [];
    public List<CallerKeyWrite> CallerKeys { get; } = [];
    public List<UniqueWrite> Uniques { get; } = [];
    public List<LogRecord> Outgoing { get; } = [];
    public List<TimerWrite> Timers { get; } = [];
    public List<Guid> TimersDone { get; } = [];
    public List<ParkedRow> Parked { get; } = [];
    public List<long> ParkedDone { get; } = [];
    public List<DeadLetter> DeadLetters { get; } = [];
    public List<Guid> DeadLettersDone { get; } = [];

    /// <summary>The highest seq of each shard whose records this flush has taken, for the flush's group and partition.</summary>
    public List<SeenShard> Seen { get; } = [];

    /// <summary>Batches of this shard's outbox up to this seq are in the log and are deleted. 0: none.</summary>
    public long OutboxSent { get; set; }

    /// <summary>What it was decided under: where the store's control version is another one, nothing is written. <see cref="AnyControl"/>: it does not matter.</summary>
    public long ControlVersion { get; set; } = AnyControl;

    public const long AnyControl = -1;

    /// <summary>Written under one new control version. From then on no flush that was decided under an older one is committed.</summary>
    public List<ControlWrite> Control { get; } = [];

    /// <summary>Commands that must have no outcome but SCHEDULED once the control version is held, or nothing is written (<see cref="FlushResult.UniqueConflict"/>).</summary>
    public List<Guid> Unfinished { get; } = [];

    /// <summary>Control rows that have done their work.</summary>
    public List<ControlName> ControlDone { get; } = [];
}

/// <summary>
/// Moves a group's position in a partition: <c>… SET off=Offset, turn=turn+1 … WHERE turn=Turn AND epoch=Epoch</c>.
/// </summary>
/// <param name="Offset">The next offset to read after this flush.</param>
/// <param name="Turn">The turn this flush expects to find.</param>
/// <param name="OutSeq">The seq of the last outgoing record that this shard (group and partition) has written, this flush's included.</param>
/// <param name="ProbeOffset">The record in which the process has ended (<see cref="IExecutionMark"/>) and which has not run since; -1 for none.</param>
/// <param name="ProbeStarts">How often the process has ended in it; <see cref="PositionRow.Halts"/>.</param>
public sealed record PositionMove(
    string Group, PartitionId Partition, long Offset, long Turn, long Epoch, long OutSeq = 0, long ProbeOffset = -1, int ProbeStarts = 0);

/// <summary>A group's stored position in a partition.</summary>
/// <param name="Clean">
/// As stored: true after an orderly release, false while somebody owns it. From taking a partition: how the owner <i>before</i> ended
/// (true for a new group too), since the stored one is false from then on.
/// </param>
public sealed record PositionRow(long Offset, long Turn, long Epoch, bool Clean, long OutSeq, long ProbeOffset, int ProbeStarts)
{
    /// <summary>
    /// In place of <see cref="ProbeStarts"/>: the offset was found outside the log. Kept, since a log that was made anew grows past the offset one day, and
    /// nobody would then see that what is before it was never read.
    /// </summary>
    public const int Halts = -1;

    /// <summary>Further than flushes may be in flight: where an operator moves the turn so far, none of them finds the one that it expects, nor does one behind it.</summary>
    public const int TurnsApart = 16;

    public bool IsHalted => ProbeStarts == Halts;

    public string? HaltReason => IsHalted ? $"The stored position {Offset} was found outside the log, and was not set since" : null;

    /// <summary>Nothing was ever written: reading begins at the oldest record, wherever that is.</summary>
    public bool IsNew => Turn == 0 && Offset == 0;
}

/// <summary>How a flush ended. Anything else is an exception: the result is then unknown and the position is read again.</summary>
public enum FlushResult
{
    Committed,

    /// <summary>The position or the control version did not match: nothing was written.</summary>
    Moved,

    /// <summary>A caller's key, an e-mail or a sku is taken, or a command has an outcome that must have none: nothing was written.</summary>
    UniqueConflict,
}
