using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Workers.Engine.Store;

namespace Workers.Engine.Waiting;

/// <summary>
/// Callers wait here for the outcomes of their commands. Pumps of this process hand outcomes over after each commit; what nobody hands over (a repeat's
/// first command, pumps elsewhere) is looked up for all who wait together. RUNNING ends no wait. Tests: OutcomeWaiterTests.
/// </summary>
public sealed class OutcomeWaiter : IDisposable
{
    private readonly Lock _gate = new();
    private readonly WaitTable _waits = new();
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly TimeSpan _tick;
    private readonly long _poll;
    private readonly OutcomeReads _reads;
    private volatile int _count;
    private bool _ticking;
    private bool _ended;
    private long _askedAt;

    public OutcomeWaiter(IStateStore store, TimeProvider clock, OutcomeWaiterOptions? options = null, ILogger<OutcomeWaiter>? log = null)
    {
        options ??= new OutcomeWaiterOptions();
        (_clock, _tick, _poll) = (clock, options.Tick < options.Poll ? options.Tick : options.Poll, Ms(options.Poll));
        _reads = new OutcomeReads(store, Found, log ?? (ILogger)NullLogger.Instance);
        _timer = clock.CreateTimer(static waiter => ((OutcomeWaiter)waiter!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts to wait: before the command is appended, so that its outcome cannot be missed.</summary>
    public OutcomeWait Begin(Guid id, TimeSpan timeout)
    {
        var now = NowMs;
        var wait = new OutcomeWait(id, now, now + Math.Max(0, Ms(timeout)));
        lock (_gate)
        {
            if (_ended)
            {
                wait.End(null);
                return wait;
            }

            Add(wait);
        }

        return wait;
    }

    /// <summary>Ends a wait whose command was not appended after all.</summary>
    public void Forget(OutcomeWait wait)
    {
        lock (_gate)
        {
            _waits.Remove(wait);
            _count = _waits.Count;
        }

        wait.End(null);
    }

    /// <summary>The final outcome; null when it does not come in time. One that is there already is found at the next poll.</summary>
    public async Task<Outcome?> WaitAsync(Guid id, TimeSpan timeout, CancellationToken cancellation)
    {
        var wait = Begin(id, timeout);
        try
        {
            return await wait.Outcome.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            Forget(wait);
            throw;
        }
    }

    /// <summary>Told of each flush after its commit, on the pump's thread.</summary>
    public void Committed(Flush flush)
    {
        if (_count == 0 || flush.Outcomes.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var write in flush.Outcomes)
            {
                Settle(write.Outcome);
            }

            _count = _waits.Count;
        }
    }

    /// <summary>Ends every wait, now and from now on: the process stops.</summary>
    public void EndAll()
    {
        lock (_gate)
        {
            _ended = true;
            var over = new List<OutcomeWait>();
            _waits.Look(long.MaxValue, long.MinValue, over, []);
            over.ForEach(wait => wait.End(null));
            _count = 0;
        }
    }

    public void Dispose()
    {
        EndAll();
        _timer.Dispose();
        _reads.Dispose();
    }

    private long NowMs => Ms(_clock.GetElapsedTime(0));

    private static long Ms(TimeSpan time) => (long)time.TotalMilliseconds;

    private void Add(OutcomeWait wait)
    {
        _waits.Add(wait);
        _count = _waits.Count;
        if (!_ticking)
        {
            _ticking = true;
            _timer.Change(_tick, _tick);
        }
    }

    private void Found(IEnumerable<Outcome> outcomes)
    {
        lock (_gate)
        {
            foreach (var outcome in outcomes)
            {
                Settle(outcome);
            }

            _count = _waits.Count;
        }
    }

    /// <summary>Ends the waits for this outcome, or moves them to the first command's, which may have ended long ago.</summary>
    private void Settle(Outcome outcome)
    {
        if (outcome.AliasOf is null && !outcome.IsFinal)
        {
            return;
        }

        for (var wait = _waits.Take(outcome.Id); wait is not null;)
        {
            var next = wait.Next;
            if (outcome.AliasOf is { } first)
            {
                wait.Id = first;
                _waits.Add(wait);
                _reads.Ask(first);
            }
            else
            {
                wait.End(outcome);
            }

            wait = next;
        }
    }

    private void Tick()
    {
        var over = new List<OutcomeWait>();
        var ask = new List<Guid>();
        lock (_gate)
        {
            var now = NowMs;
            var asks = now - _askedAt >= _poll;
            _askedAt = asks ? now : _askedAt;
            _waits.Look(now, asks ? now - _poll : long.MinValue, over, ask);
            _count = _waits.Count;
            if (_count == 0)
            {
                _ticking = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        over.ForEach(wait => wait.End(null));
        ask.ForEach(_reads.Ask);
    }
}
