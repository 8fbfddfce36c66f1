using System.Collections.Concurrent;
using Workers.Engine.Log;
using Workers.Engine.Pump;
using Workers.Engine.Store;

namespace Workers.Engine.Effects;

/// <summary>
/// One partition of effects: what is new becomes rows in the flush that moves the position, rows that are due are executed, and how they ended is
/// written in the next flush, as many together as there are. After a failed flush the rows are read again; an end whose row is still there is
/// written again, without a second call. All on the pump's thread but the calls. Tests: EffectsPumpTests.
/// </summary>
internal sealed class EffectPartition : IPumpPartition
{
    private readonly PumpContext _context;
    private readonly EffectCalls _calls;
    private readonly PositionChain _chain;
    private readonly Arrivals _arrivals;
    private readonly EffectRows _rows = new();
    private readonly ConcurrentQueue<EffectEnd> _ended = new();
    private readonly Queue<Submitted> _submitted = new();
    private readonly Action<Flush> _committed;
    private readonly Action<EffectEnd> _onEnded;
    private int _started;
    private bool _waitsForRoom;

    public EffectPartition(PumpContext context, PartitionCursor cursor, EffectCalls calls)
    {
        (_context, _calls, Cursor) = (context, calls, cursor);
        _chain = new PositionChain(context, cursor);
        _arrivals = new Arrivals(context, cursor);
        _committed = Committed;
        _onEnded = end =>
        {
            _ended.Enqueue(end);
            context.Wake.Set();
        };
    }

    public PartitionCursor Cursor { get; }

    /// <summary>Calls that were started are waited for, until they are abandoned.</summary>
    public bool Idle => _chain.InFlight == 0 && (_started == 0 || _calls.Abandoned || _chain.Lost);

    public bool Settled => _chain.InFlight == 0 && !_chain.Failed && !_arrivals.MustFlush;

    public bool Lost => _chain.Lost;

    public long Passed => _chain.Passed;

    public int SetAside => _rows.Count;

    public long NextDueMs => _chain.Failed ? _chain.RetryAtMs : _waitsForRoom ? long.MaxValue : _rows.NextDueMs ?? long.MaxValue;

    public void Take()
    {
        _chain.Take();
        Load();
    }

    public bool Step(bool stopping)
    {
        var worked = _chain.Settle(_committed, static (_, _) => { });
        if (_chain.Lost)
        {
            return worked;
        }

        try
        {
            if (_chain.Failed)
            {
                return _chain.InFlight == 0 && _context.NowMs >= _chain.RetryAtMs ? Restart() : worked;
            }

            worked |= Write(stopping) | Start(stopping);
            if (!worked)
            {
                _chain.Watch();
            }

            return worked;
        }
        catch (Exception error) when (error is StoreUnavailableException or LogUnavailableException or OperationCanceledException)
        {
            _chain.Fail(error);
            return true;
        }
    }

    public void Release() => _chain.Release();

    public void Dispose() => _chain.Close();

    /// <summary>One flush for everything that waits: new effects and the ends of old ones.</summary>
    private bool Write(bool stopping)
    {
        if (_chain.InFlight >= 2 || _chain.IsFull)
        {
            return false;
        }

        var ends = Ended();
        var arrived = stopping ? [] : Arrived();
        if (ends.Count == 0 && arrived.Count == 0 && !_arrivals.MustFlush && !_chain.MustMove)
        {
            return false;
        }

        var flush = new Flush { Position = _chain.Move() };
        _arrivals.MoveTo(flush);
        flush.Parked.AddRange(arrived);
        ends.ForEach(end => end.AddTo(flush));
        _submitted.Enqueue(new Submitted(arrived, ends));
        _chain.Submit(flush);
        return true;
    }

    private List<EffectEnd> Ended()
    {
        var ends = new List<EffectEnd>();
        while (ends.Count < _context.Options.BatchRecords && _ended.TryDequeue(out var end))
        {
            if (_rows.IsCurrent(end))
            {
                ends.Add(end);
            }
            else
            {
                _started--;
            }
        }

        return ends;
    }

    private List<ParkedRow> Arrived()
    {
        var rows = new List<ParkedRow>();
        var now = _context.NowMs;
        while (rows.Count < _context.Options.BatchRecords && _rows.Count + rows.Count < _context.Options.ParkedLimit && _arrivals.Take() is { } record)
        {
            rows.Add(new ParkedRow(record.Offset, record, 0, now, now, EffectAttempt.Fresh, null, null));
        }

        return rows;
    }

    private bool Start(bool stopping)
    {
        var worked = false;
        _waitsForRoom = stopping;
        while (!_waitsForRoom)
        {
            if (!_calls.HasRoom)
            {
                _waitsForRoom = true;
            }
            else if (_rows.TakeDue(_context.NowMs) is { } row)
            {
                _started++;
                _calls.Start(row, _onEnded);
                worked = true;
            }
            else
            {
                break;
            }
        }

        return worked;
    }

    private void Committed(Flush flush)
    {
        if (_chain.Failed)
        {
            return;
        }

        var (arrived, ends) = _submitted.Dequeue();
        arrived.ForEach(_rows.Add);
        ends.ForEach(_rows.Settle);
        _started -= ends.Count;
    }

    /// <summary>What the failed flushes would have written is looked at again, in the light of what is stored.</summary>
    private bool Restart()
    {
        if (_chain.Reload() is null)
        {
            return true;
        }

        Load();
        while (_submitted.TryDequeue(out var lost))
        {
            lost.Ends.ForEach(_ended.Enqueue);
        }

        return true;
    }

    private void Load()
    {
        _arrivals.Load();
        _rows.Load(_context, Cursor.Partition);
    }

    private readonly record struct Submitted(List<ParkedRow> Arrived, List<EffectEnd> Ends);
}
