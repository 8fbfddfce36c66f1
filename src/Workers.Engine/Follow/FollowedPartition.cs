using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Follow;

/// <summary>How far a group has read a partition, and the turn and epoch under which its next position is stored.</summary>
internal sealed class FollowedPartition(string group, PartitionId id, PositionRow row)
{
    private long _turn = row.Turn;
    private long _stored = row.Offset;
    private bool _taken;

    public PartitionCursor Cursor { get; } = new(id, row.Offset);

    /// <summary>The next offset that no batch has.</summary>
    public long Offset => Cursor.Pending.TryPeek(out var next) ? next.Offset : Cursor.Next;

    public LogRecord Take()
    {
        _taken = true;
        return Cursor.Take();
    }

    /// <summary>True when the position must be stored: records were taken, or so many offsets passed by that a restart would search long.</summary>
    public bool Moves(long idleAdvance) => _taken || Offset - _stored >= idleAdvance;

    public PositionMove Move() => new(group, id, Offset, _turn, row.Epoch);

    public void Committed(PositionMove move)
    {
        (_turn, _stored, _taken) = (move.Turn + 1, move.Offset, false);
    }
}
