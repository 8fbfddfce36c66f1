using Workers.Engine.Log;
using Workers.Engine.Session;
using Workers.Engine.Store;

namespace Workers.Engine.Pump;

/// <summary>
/// One partition that this worker owns: takes batches, runs them (<see cref="BatchRun"/>), submits flushes, and starts again from the stored position
/// after any failure. All on the pump's thread. Tests: PumpTests, and the kill suite.
/// </summary>
internal sealed class PartitionPump : IDisposable
{
    private const long IdleAdvance = 10_000;
    private static readonly TimeSpan FailureBackoff = TimeSpan.FromMilliseconds(200);

    private readonly PumpContext _context;
    private readonly BatchSession _session;
    private readonly BatchRun _run;
    private readonly Flight _flight;
    private readonly ParkedKeys _parked = new();
    private readonly CarefulMode _careful;
    private PositionRow _row = new(0, 0, 0, true, 0, -1, 0);
    private long _turn;
    private long _position;
    private long? _nextTimerMs;
    private long _retryAtMs;
    private bool _failed;

    public PartitionPump(PumpContext context, PartitionCursor cursor, IRecordExecutor executor)
    {
        _context = context;
        Cursor = cursor;
        _session = new BatchSession(context.Group, cursor.Partition, context.Reader, context.Clock);
        _flight = new Flight(context);
        _run = new BatchRun(context, _session, executor, _parked);
        _careful = new CarefulMode(context.Options);
    }

    public PartitionCursor Cursor { get; }

    /// <summary>Another worker has the partition: nothing more happens here.</summary>
    public bool Lost { get; private set; }

    /// <summary>Nothing is submitted whose result is not known.</summary>
    public bool Idle => _flight.Count == 0;

    public int ParkedKeyCount => _parked.Keys;

    /// <summary>When to look again although nothing woke us.</summary>
    public long NextDueMs => _failed
        ? _retryAtMs
        : Math.Min(_parked.NextDueMs ?? long.MaxValue, _nextTimerMs ?? long.MaxValue);

    /// <summary>Takes the partition: its epoch is ours from now on. Only then is anything else of it read.</summary>
    public void Take()
    {
        var row = _context.Store.TakeAsync(_context.Group, Cursor.Partition, CancellationToken.None).GetAwaiter().GetResult();
        _careful.Taken(row);
        Start(row);
    }

    /// <summary>Does what can be done without waiting; false when there is nothing to do.</summary>
    public bool Step(bool stopping)
    {
        var worked = Settle();
        var now = _context.NowMs;
        if (Lost)
        {
            return worked;
        }

        if (_failed)
        {
            return _flight.Count == 0 && now >= _retryAtMs ? Restart() : worked;
        }

        if (stopping || _flight.Count >= (_careful.On ? 1 : 2))
        {
            return worked;
        }

        try
        {
            return Advance(now) || worked;
        }
        catch (Exception error) when (error is StoreUnavailableException or LogUnavailableException or OperationCanceledException)
        {
            Fail(error);
            return true;
        }
    }

    /// <summary>Orderly release, after the last flush was settled.</summary>
    public void Release()
    {
        if (!Lost)
        {
            _context.Store.ReleaseAsync(_context.Group, Cursor.Partition, _row.Epoch, CancellationToken.None).GetAwaiter().GetResult();
        }
    }

    public void Dispose() => _session.Dispose();

    private bool Advance(long now)
    {
        var timers = _nextTimerMs <= now && _flight.Count == 0 ? DueTimers(now) : [];
        var items = _run.Gather(Cursor, now, _careful.On ? 1 : _context.Options.BatchRecords);
        if (items.Count == 0 && timers.Count == 0)
        {
            return _flight.Count == 0 && Cursor.Pending.Count == 0 && Cursor.Next - _position >= IdleAdvance && Submit(new Flush { Position = Move(-1, 0) });
        }

        if (_careful.MustMark(items, out var probe, out var starts))
        {
            _run.PutBack(Cursor, now);
            return Submit(new Flush { Position = Move(probe, starts, _position) });
        }

        var killer = _careful.IsKiller;
        _careful.Ran(items, Cursor);
        var flush = new Flush { Position = Move(_careful.Marked, _careful.Marked < 0 ? 0 : 1) };
        foreach (var timer in timers)
        {
            flush.Outgoing.Add(timer.Message);
            flush.TimersDone.Add(timer.Token);
        }

        _run.Execute(items, flush, now, killer);
        _nextTimerMs = flush.Timers.Count == 0 ? _nextTimerMs : Math.Min(_nextTimerMs ?? long.MaxValue, flush.Timers.Min(t => t.DueMs));
        return Submit(flush);
    }

    private PositionMove Move(long probe, int starts, long? offset = null) => new(
        _context.Group, Cursor.Partition, offset ?? (Cursor.Pending.TryPeek(out var next) ? next.Offset : Cursor.Next), _turn, _row.Epoch, 0, probe, starts);

    private bool Submit(Flush flush)
    {
        _position = flush.Position.Offset;
        _turn++;
        _flight.Submit(flush);
        return true;
    }

    private bool Settle()
    {
        var worked = false;
        while (_flight.TryTake(out var flush, out var result, out var error))
        {
            worked = true;
            if (error is null && result == FlushResult.Committed)
            {
                _careful.Committed();
                _context.Committed(flush);
            }
            else if (!_failed)
            {
                _careful.Failed(result == FlushResult.UniqueConflict, error);
                Fail(error);
            }
        }

        return worked;
    }

    private void Fail(Exception? error)
    {
        _failed = true;
        _retryAtMs = _context.NowMs + (error is null ? 0 : (long)FailureBackoff.TotalMilliseconds);
        if (error is not null)
        {
            LogMessages.BatchFailed(_context.Log, _context.Group, Cursor.Partition.ToString(), error);
        }
    }

    /// <summary>Nothing of the failed batch happened: everything is built anew from what is stored.</summary>
    private bool Restart()
    {
        try
        {
            var row = _context.Store.PositionAsync(_context.Group, Cursor.Partition, CancellationToken.None).GetAwaiter().GetResult();
            if (row is null || row.Epoch != _row.Epoch)
            {
                Lost = true;
                LogMessages.PartitionLost(_context.Log, _context.Group, Cursor.Partition.ToString());
                return true;
            }

            Start(row);
        }
        catch (Exception error) when (error is StoreUnavailableException or LogUnavailableException or OperationCanceledException)
        {
            Fail(error);
        }

        return true;
    }

    private void Start(PositionRow row)
    {
        _failed = false;
        _row = row;
        _turn = row.Turn;
        _position = row.Offset;
        Cursor.Rewind(row.Offset);
        _run.Clear();
        var after = long.MinValue;
        while (_context.Reader.Parked(_context.Group, Cursor.Partition, after, 1_000) is { Count: > 0 } rows)
        {
            rows.ToList().ForEach(_parked.Add);
            after = rows[^1].Order;
        }

        _context.Reader.DueTimers(_context.Group, Cursor.Partition, long.MinValue, 0, out _nextTimerMs);
    }

    private IReadOnlyList<TimerWrite> DueTimers(long now)
    {
        var due = _context.Reader.DueTimers(_context.Group, Cursor.Partition, now, _context.Options.BatchRecords, out _nextTimerMs);
        _nextTimerMs = due.Count == _context.Options.BatchRecords ? now : _nextTimerMs;
        return due;
    }
}
