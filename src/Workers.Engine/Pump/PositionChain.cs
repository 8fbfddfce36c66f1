using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Pump;

/// <summary>
/// The position of a partition that this worker owns: every flush moves it by one turn, two may be in flight, and after any failure nothing more is
/// submitted until it was read again. So a flush is committed on top of exactly what its maker knew, or not at all.
/// </summary>
internal sealed class PositionChain(PumpContext context, PartitionCursor cursor)
{
    private const long IdleAdvance = 10_000;
    private static readonly TimeSpan FailureBackoff = TimeSpan.FromMilliseconds(200);

    private readonly Flight _flight = new(context);
    private PositionRow _row = new(0, 0, 0, true, 0, -1, 0);
    private long _turn;

    /// <summary>The offset of the last flush submitted.</summary>
    public long Position { get; private set; }

    /// <summary>Another worker has the partition: nothing more happens here.</summary>
    public bool Lost { get; private set; }

    /// <summary>A flush failed: what is in memory is not what is stored.</summary>
    public bool Failed { get; private set; }

    /// <summary>When to read the position again after a failure.</summary>
    public long RetryAtMs { get; private set; }

    /// <summary>Flushes whose result is not known.</summary>
    public int InFlight => _flight.Count;

    /// <summary>
    /// The log went on elsewhere while this partition got nothing: its position is moved all the same, since it holds back the log's retention.
    /// </summary>
    public bool IsFarBehind => _flight.Count == 0 && cursor.Pending.Count == 0 && cursor.Next - Position >= IdleAdvance;

    public PositionRow Take() => Start(context.Store.TakeAsync(context.Group, cursor.Partition, CancellationToken.None).GetAwaiter().GetResult());

    /// <summary>The next move: to the first record that was read and not taken.</summary>
    public PositionMove Move() => new(
        context.Group, cursor.Partition, cursor.Pending.TryPeek(out var next) ? next.Offset : cursor.Next, _turn, _row.Epoch);

    public void Submit(Flush flush)
    {
        Position = flush.Position.Offset;
        _turn++;
        _flight.Submit(flush);
    }

    /// <summary>
    /// Takes the results that are there. <paramref name="committed"/> is told of each flush that was written, also of one behind a failed one
    /// (<see cref="Failed"/>); <paramref name="failed"/> of the first that was not.
    /// </summary>
    public bool Settle(Action<Flush> committed, Action<bool, Exception?> failed)
    {
        var worked = false;
        while (_flight.TryTake(out var flush, out var result, out var error))
        {
            worked = true;
            if (error is null && result == FlushResult.Committed)
            {
                committed(flush);
                context.Committed(flush);
            }
            else if (!Failed)
            {
                failed(result == FlushResult.UniqueConflict, error);
                Fail(error);
            }
        }

        return worked;
    }

    public void Fail(Exception? error)
    {
        Failed = true;
        RetryAtMs = context.NowMs + (error is null ? 0 : (long)FailureBackoff.TotalMilliseconds);
        if (error is not null)
        {
            LogMessages.BatchFailed(context.Log, context.Group, cursor.Partition.ToString(), error);
        }
    }

    /// <summary>After a failure: the stored position, from which everything is built anew; null where the partition is lost.</summary>
    public PositionRow? Reload()
    {
        var row = context.Store.PositionAsync(context.Group, cursor.Partition, CancellationToken.None).GetAwaiter().GetResult();
        if (row is not null && row.Epoch == _row.Epoch)
        {
            return Start(row);
        }

        Lost = true;
        LogMessages.PartitionLost(context.Log, context.Group, cursor.Partition.ToString());
        return null;
    }

    /// <summary>Orderly release, after the last flush was settled.</summary>
    public void Release()
    {
        if (!Lost)
        {
            context.Store.ReleaseAsync(context.Group, cursor.Partition, _row.Epoch, CancellationToken.None).GetAwaiter().GetResult();
        }
    }

    private PositionRow Start(PositionRow row)
    {
        Failed = false;
        _row = row;
        _turn = row.Turn;
        Position = row.Offset;
        cursor.Rewind(row.Offset);
        return row;
    }
}
