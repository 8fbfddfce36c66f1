using System.Diagnostics;
using Workers.Engine.Faults;
using Workers.Engine.Log;
using Workers.Engine.Session;
using Workers.Engine.Store;

namespace Workers.Engine.Pump;

/// <summary>
/// One partition that this worker owns: takes batches, runs them (<see cref="BatchRun"/>), submits flushes, and starts again from the stored position
/// after any failure. All on the pump's thread. Tests: PumpTests, and the kill suite.
/// </summary>
internal sealed class PartitionPump : IPumpPartition
{
    private const int TimersOfKey = 1_000;

    // Aggregates that all partitions of the topic together keep in memory, and a partition at least and at most.
    private const int Remembered = 40_000;
    private const int Fewest = 100;
    private const int Most = 10_000;

    private readonly PumpContext _context;
    private readonly BatchSession _session;
    private readonly BatchRun _run;
    private readonly PositionChain _chain;
    private readonly ParkedKeys _parked = new();
    private readonly Arrivals _arrivals;
    private readonly ControlGate _gate;
    private readonly Queue<(WorkItem Item, Guid? Timer)> _sweep = new();
    private readonly CarefulMode _careful;
    private readonly IExecutionMark _mark;
    private readonly Action<Flush> _committed;
    private readonly Action<bool, Exception?> _flushFailed;
    private IReadOnlyList<WorkItem>? _noted;
    private long? _nextTimerMs;

    public PartitionPump(PumpContext context, PartitionCursor cursor, IRecordExecutor executor)
    {
        _context = context;
        Cursor = cursor;
        _session = new BatchSession(context.Group, cursor.Partition, context.Reader, context.Clock, Math.Clamp(Remembered / Math.Max(1, context.Partitions), Fewest, Most));
        _chain = new PositionChain(context, cursor);
        _careful = new CarefulMode(context.Options);
        _arrivals = new Arrivals(context, cursor);
        _mark = context.Store.MarkOf(context.Group, cursor.Partition);
        _gate = new ControlGate(context.Control, cursor.Partition, context.Partitions);
        _run = new BatchRun(context, _session, executor, _parked, _arrivals, _gate, _careful, _mark);
        _committed = _ => _careful.Committed();
        _flushFailed = _careful.Failed;
    }

    public PartitionCursor Cursor { get; }

    public bool Idle => _chain.InFlight == 0;

    public bool Settled => Idle && !_chain.Failed && _noted is null && _sweep.Count == 0 && !_arrivals.MustFlush;

    public bool Lost => _chain.Lost;

    public long Passed => _chain.Passed;

    public int SetAside => _parked.Keys;

    public long NextDueMs => _chain.Failed
        ? _chain.RetryAtMs
        : _careful.WaitsUntilMs ?? Math.Min(_parked.NextDueMs ?? long.MaxValue, _nextTimerMs ?? long.MaxValue);

    public void Take()
    {
        _careful.Taken(_chain.Take(), _mark.Value, _context.NowMs);
        _mark.Value = IExecutionMark.None;
        Load();
    }

    public bool Step(bool stopping)
    {
        var worked = _chain.Settle(_committed, _flushFailed);
        var now = _context.NowMs;
        if (_chain.Lost)
        {
            return worked;
        }

        if (_chain.Failed)
        {
            return _chain.InFlight == 0 && now >= _chain.RetryAtMs ? Restart() : worked;
        }

        // Timers are taken when nothing is in flight, which a second flush would put off for as long as there is more to execute.
        if (stopping || !_careful.IsTime(now) || _chain.IsFull || _chain.InFlight >= (_careful.On || _nextTimerMs <= now ? 1 : 2))
        {
            return worked;
        }

        try
        {
            worked |= Advance(now);
            if (!worked)
            {
                _chain.Watch();
            }

            return worked;
        }
        catch (Exception error) when (error is StoreUnavailableException or LogUnavailableException or OperationCanceledException)
        {
            // The process goes on, whatever was being executed.
            _mark.Value = IExecutionMark.None;
            _chain.Fail(error);
            return true;
        }
    }

    public void Release() => _chain.Release();

    public void Dispose()
    {
        _chain.Close();
        _session.Dispose();
    }

    private bool Advance(long now)
    {
        if (_careful.MustNote)
        {
            return Submit(new Flush { Position = _careful.Note(_chain.Move()) });
        }

        if (_gate.IsBehind)
        {
            TakeControl(now);
        }

        if (_sweep.Count > 0 && _noted is null)
        {
            return Sweep(now);
        }

        var items = _noted ?? _run.Gather(now, _careful.On ? 1 : _context.Options.BatchRecords);
        if (_noted is null && items.Count == 1 && _careful.NotesStart(items[0]))
        {
            // Run once that is committed.
            _noted = items;
            return Submit(new Flush { Position = _careful.NoteStart(_chain.Stay(), items[0]) });
        }

        _noted = null;
        var timers = _nextTimerMs <= now && _chain.InFlight == 0 ? DueTimers(now) : [];
        if (items.Count == 0 && timers.Count == 0 && !_arrivals.MustFlush)
        {
            return _chain.MustMove && Submit(new Flush { Position = _careful.Note(_chain.Move()) });
        }

        var flush = new Flush { Position = _chain.Move(), ControlVersion = _gate.Version };
        foreach (var timer in timers)
        {
            FailPoint.Hit("timer-before-send");
            flush.Outgoing.Add(timer.Message);
            flush.TimersDone.Add(timer.Token);
            _context.Meter?.TimerSent(_context.Group, now - timer.DueMs);
        }

        _arrivals.MoveTo(flush);
        var started = Stopwatch.GetTimestamp();
        FailPoint.Hit("pump-before-execute", here: items.Count > 0);
        _run.Execute(items, flush, now);
        FailPoint.Hit("pump-before-flush", here: items.Count > 0);
        if (items.Count > 0)
        {
            _context.Meter?.Executed(_context.Group, Cursor.Partition.Topic, items.Count, started);
        }

        flush.Position = _careful.Note(flush.Position);
        _nextTimerMs = flush.Timers.Count == 0 ? _nextTimerMs : Math.Min(_nextTimerMs ?? long.MaxValue, flush.Timers.Min(t => t.DueMs));
        return Submit(flush);
    }

    private bool Submit(Flush flush)
    {
        _chain.Submit(flush);
        return true;
    }

    /// <summary>Nothing of the failed batch happened: everything is built anew from what is stored.</summary>
    private bool Restart()
    {
        try
        {
            _gate.Refresh(_context.Reader);
            if (_chain.Reload() is { } row)
            {
                _careful.Reloaded(row);
                Load();
            }
        }
        catch (Exception error) when (error is StoreUnavailableException or LogUnavailableException or OperationCanceledException)
        {
            _chain.Fail(error);
        }

        return true;
    }

    private void Load()
    {
        _noted = null;
        _sweep.Clear();
        _run.Clear();
        _arrivals.Load();
        _parked.Load(_context, Cursor.Partition);
        _gate.Forget();
        if (_context.Control is not null)
        {
            TakeControl(_context.NowMs);
        }

        _context.Reader.DueTimers(_context.Group, Cursor.Partition, long.MinValue, 0, out _nextTimerMs);
    }

    /// <summary>What concerns every worker has changed: some of what waits may run, some is cancelled.</summary>
    private void TakeControl(long now)
    {
        // Of timers the gate tells once.
        var timers = _sweep.Where(one => one.Timer is not null).ToList();
        _sweep.Clear();
        timers.ForEach(_sweep.Enqueue);
        if (_gate.Take())
        {
            foreach (var row in _parked.All().Where(row => _gate.CancelOf(row.Record) is not null))
            {
                _sweep.Enqueue((new WorkItem(row.Record, row), null));
            }

            var (ids, keys) = _gate.NewlyCancelled();
            var own = ids.Select(_context.Reader.FindTimer).OfType<TimerWrite>().ToList();
            var others = keys.SelectMany(key => _context.Reader.TimersOf(key, TimersOfKey)).Where(timer => timer.Token != timer.Message.Id && _gate.HasCancel(timer.Message.Id));
            foreach (var timer in own.Concat(others))
            {
                _sweep.Enqueue((new WorkItem(timer.Message, null), timer.Token));
            }
        }

        _session.Control = _gate.State;
        Reschedule(now);
    }

    private bool Sweep(long now)
    {
        var items = new List<WorkItem>();
        var flush = new Flush { Position = _careful.Note(_chain.Stay()), ControlVersion = _gate.Version };
        while (items.Count < _context.Options.BatchRecords && _sweep.TryDequeue(out var next))
        {
            items.Add(next.Item);
            if (next.Timer is { } token)
            {
                flush.TimersDone.Add(token);
            }
        }

        _run.Sweep(items, flush);
        Reschedule(now);
        return Submit(flush);
    }

    // What a pause holds back is due when the pause says so, whatever was so when it was set aside.
    private void Reschedule(long now) =>
        _parked.Reschedule(row => row.Reason == BatchRun.Paused ? _gate.HeldUntil(row.Record, now) ?? now : row.DueMs);

    private IReadOnlyList<TimerWrite> DueTimers(long now)
    {
        var due = _context.Reader.DueTimers(_context.Group, Cursor.Partition, now, _context.Options.BatchRecords, out _nextTimerMs);
        _nextTimerMs = due.Count == _context.Options.BatchRecords ? now : _nextTimerMs;
        return due;
    }
}
