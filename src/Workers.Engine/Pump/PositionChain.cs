using System.Globalization;
using Workers.Contracts.Headers;
using Workers.Engine.Faults;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Outbox;
using Workers.Engine.Store;

namespace Workers.Engine.Pump;

/// <summary>
/// The position of a partition that this worker owns: every flush moves it by one turn, two may be in flight, and after any failure nothing more is
/// submitted until it was read again. So a flush is committed on top of exactly what its maker knew, or not at all.
/// </summary>
internal sealed class PositionChain(PumpContext context, PartitionCursor cursor)
{
    private const long IdleAdvance = 10_000;
    private const int MostUnsent = 40_000;
    private const long TidyAfterMs = 1_000;
    private const long WatchEveryMs = 5_000;
    private const long WatchHaltedEveryMs = 1_000;
    private static readonly TimeSpan FailureBackoff = TimeSpan.FromMilliseconds(200);

    private readonly Flight _flight = new(context);
    private PositionRow _row = new(0, 0, 0, true, 0, -1, 0);
    private long _turn;
    private ShardRelay? _shard;
    private long _outSeq;
    private long _deleted;
    private long _submittedAtMs;
    private long _watchAtMs;
    private bool _haltStored;

    /// <summary>The offset of the last flush submitted.</summary>
    public long Position { get; private set; }

    /// <summary>The offset of the last flush that was written.</summary>
    public long Passed { get; private set; }

    /// <summary>Another worker has the partition: nothing more happens here.</summary>
    public bool Lost { get; private set; }

    /// <summary>A flush failed: what is in memory is not what is stored.</summary>
    public bool Failed { get; private set; }

    /// <summary>When to read the position again after a failure.</summary>
    public long RetryAtMs { get; private set; }

    /// <summary>Flushes whose result is not known.</summary>
    public int InFlight => _flight.Count;

    /// <summary>What was written waits for the log: no more is written until it took some.</summary>
    public bool IsFull => _shard?.Waiting > MostUnsent;

    /// <summary>
    /// A flush although there is nothing to write. The log went on elsewhere while this partition got nothing: its position holds back the log's
    /// retention. Or what was sent is still in the outbox. Or what has been found out about the place in the log is to be known from now on.
    /// </summary>
    public bool MustMove => _flight.Count == 0 && cursor.Pending.Count == 0
        && (cursor.Next - Position >= IdleAdvance || (cursor.Found && _turn == 0) || (cursor.Halted is not null && !_haltStored) || (_shard?.Sent > _deleted && context.NowMs - _submittedAtMs >= TidyAfterMs));

    public PositionRow Take()
    {
        var row = context.Store.TakeAsync(context.Group, cursor.Partition, CancellationToken.None).GetAwaiter().GetResult();
        FailPoint.Hit("pump-after-take");
        _shard = context.Relay?.Open(context.Group, cursor.Partition, context.Wake);
        return Start(row);
    }

    /// <summary>The next move: to the first record that was read and not taken.</summary>
    public PositionMove Move() => new(
        context.Group, cursor.Partition, cursor.Pending.TryPeek(out var next) ? next.Offset : cursor.Next, _turn, _row.Epoch, _outSeq);

    /// <summary>A move that stays where the last one went, for what is noted beside the position.</summary>
    public PositionMove Stay() => new(context.Group, cursor.Partition, Position, _turn, _row.Epoch, _outSeq);

    public void Submit(Flush flush)
    {
        if (cursor.Halted is not null)
        {
            _haltStored = true;
            flush.Position = flush.Position with { ProbeOffset = flush.Position.Offset, ProbeStarts = PositionRow.Halts };
        }

        Position = flush.Position.Offset;
        _turn++;
        if (_shard is not null)
        {
            Number(flush, _shard);
        }

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
                FailPoint.Hit("pump-after-flush", here: flush.Outcomes.Count > 0);
                FailPoint.Hit("timer-after-send", here: flush.TimersDone.Count > 0);
                FailPoint.Hit("relay-after-mark", here: flush.OutboxSent > 0);
                Written(flush);
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
        // It may have been written all the same.
        _shard?.Look();
        Failed = true;
        RetryAtMs = context.NowMs + (error is null ? 0 : (long)FailureBackoff.TotalMilliseconds);
        if (error is not null)
        {
            LogMessages.BatchFailed(context.Log, context.Outage.LevelOf(error, of: cursor.Partition.ToString()), context.Group, cursor.Partition.ToString(), error);
        }
    }

    /// <summary>While nothing goes on: tells where the partition stands still, and looks whether somebody has set its position.</summary>
    public void Watch()
    {
        if (context.Halted?.Tell(context.Group, cursor.Partition, cursor.Halted) == true && cursor.Halted is { } reason)
        {
            LogMessages.PartitionHalted(context.Log, HaltedPartitions.Sentence(context.Group, cursor.Partition, reason));
        }

        if (_flight.Count > 0 || context.NowMs < _watchAtMs)
        {
            return;
        }

        _watchAtMs = context.NowMs + (cursor.Halted is null ? WatchEveryMs : WatchHaltedEveryMs);
        try
        {
            var row = context.Store.PositionAsync(context.Group, cursor.Partition, CancellationToken.None).GetAwaiter().GetResult();
            if (row is null || HasMoved(row, _turn, _row.Epoch))
            {
                Fail(null);
            }
        }
        catch (StoreUnavailableException)
        {
            // There was nothing to write: it is looked at again later.
        }
    }

    /// <summary>After a failure: the stored position, from which everything is built anew; null where the partition is lost.</summary>
    public PositionRow? Reload()
    {
        var row = context.Store.ReclaimAsync(context.Group, cursor.Partition, _row.Epoch, CancellationToken.None).GetAwaiter().GetResult();
        if (row is not null)
        {
            return Start(row);
        }

        Lost = true;
        LogMessages.PartitionLost(context.Log, context.Group, cursor.Partition.ToString());
        return null;
    }

    /// <summary>No other worker has taken the partition since.</summary>
    internal static bool IsOurs(PositionRow row, long epoch) => row.Epoch == epoch;

    /// <summary>A flush that expects this turn would not be written.</summary>
    internal static bool HasMoved(PositionRow row, long turn, long epoch) => row.Turn != turn || !IsOurs(row, epoch);

    /// <summary>Orderly release, after the last flush was settled.</summary>
    public void Release()
    {
        if (!Lost)
        {
            FailPoint.Hit("pump-before-release");
            context.Store.ReleaseAsync(context.Group, cursor.Partition, _row.Epoch, CancellationToken.None).GetAwaiter().GetResult();
        }
    }

    /// <summary>The partition is no longer served here.</summary>
    public void Close()
    {
        context.Halted?.Tell(context.Group, cursor.Partition, null);
        if (_shard is not null)
        {
            context.Relay!.Close(_shard);
        }
    }

    private void Number(Flush flush, ShardRelay shard)
    {
        foreach (var record in flush.Outgoing)
        {
            record.Add(HeaderName.Shard, shard.Name);
            record.Add(HeaderName.Seq, (++_outSeq).ToString(CultureInfo.InvariantCulture));
        }

        flush.Position = flush.Position with { OutSeq = _outSeq };
        flush.OutboxSent = shard.Sent > _deleted ? shard.Sent : 0;
        _submittedAtMs = context.NowMs;
    }

    private void Written(Flush flush)
    {
        if (context.Outage.Ends())
        {
            LogMessages.GoesOn(context.Log, context.Group);
        }

        Passed = flush.Position.Offset;
        _deleted = Math.Max(_deleted, flush.OutboxSent);
        // Behind a failed flush, which may have been written late, the relay finds it in the store, behind what that sends.
        if (_shard is not null && !Failed && flush.Outgoing.Count > 0)
        {
            _shard.Send(new OutboxBatch(flush.Position.OutSeq, flush.Outgoing));
        }
    }

    private PositionRow Start(PositionRow row)
    {
        _shard?.Look();
        _outSeq = row.OutSeq;
        Failed = false;
        _row = row;
        _turn = row.Turn;
        Position = Passed = row.Offset;
        cursor.Rewind(row.Offset);
        cursor.FromOldest = row.IsNew;
        cursor.Halted = row.HaltReason;
        _haltStored = row.IsHalted;
        return row.IsHalted ? row with { ProbeOffset = -1, ProbeStarts = 0 } : row;
    }
}
