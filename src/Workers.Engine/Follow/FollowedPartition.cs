using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Follow;

/// <summary>How far a group has read a partition, and the turn and epoch under which its next position is stored.</summary>
internal sealed class FollowedPartition(string group, PartitionId id, PositionRow row)
{
    private long _turn = row.Turn;
    private long _stored = row.Offset;
    private bool _taken;
    private bool _haltStored = row.IsHalted;

    public PartitionCursor Cursor { get; } = new(id, row.Offset) { FromOldest = row.IsNew, Halted = row.HaltReason };

    /// <summary>The next offset that no batch has.</summary>
    public long Offset => Cursor.Pending.TryPeek(out var next) ? next.Offset : Cursor.Next;

    /// <summary>Everything before it is written, or was nothing to write: what the batch in hand has taken is not.</summary>
    public long Passed => _taken ? _stored : Offset;

    public LogRecord Take()
    {
        _taken = true;
        return Cursor.Take();
    }

    /// <summary>
    /// True when the position must be stored: records were taken, or so many offsets passed by that a restart would search long, or what has been found
    /// out about the place in the log is to be known from now on; or others wait for it to be past a growth.
    /// </summary>
    public bool Moves(long idleAdvance, PartitionHistory history) =>
        _taken || Offset - _stored >= idleAdvance || history.EraOf(id, Offset) > history.EraOf(id, _stored) || (Cursor.Found && _turn == 0) || (Cursor.Halted is not null && !_haltStored);

    public PositionMove Move() => Cursor.Halted is null
        ? new(group, id, Offset, _turn, row.Epoch)
        : new(group, id, Offset, _turn, row.Epoch, ProbeOffset: Offset, ProbeStarts: PositionRow.Halts);

    public void Committed(PositionMove move)
    {
        (_turn, _stored, _taken, _haltStored) = (move.Turn + 1, move.Offset, false, move.ProbeStarts == PositionRow.Halts);
    }
}
