using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Commands;
using Workers.Engine.Control;
using Workers.Engine.Dispatch;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Session;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Pump;

/// <summary>Runs the records of a batch one after another, each with its savepoint, and sets aside the keys that must wait.</summary>
internal sealed class BatchRun(
    PumpContext context, BatchSession session, IRecordExecutor executor, ParkedKeys parked, Arrivals arrivals, ControlGate gate,
    CarefulMode careful, IExecutionMark mark)
{
    private const int RowsOfKey = 100;

    /// <summary>Why a row waits that a pause holds back.</summary>
    public const string Paused = "paused";

    // Two records in which the process ended never run at the same time, so that one is not blamed for the other.
    private static readonly Lock Alone = new();

    private readonly List<WorkItem> _items = [];
    private readonly HashSet<string> _keys = [];
    private readonly HashSet<string> _stopped = [];

    /// <summary>Up to <paramref name="limit"/> records: of parked keys that are due, then new ones.</summary>
    public IReadOnlyList<WorkItem> Gather(long now, int limit)
    {
        _items.Clear();
        _keys.Clear();
        while (_items.Count < limit && parked.TakeDue(now) is { } key)
        {
            if (!_keys.Add(key))
            {
                // Queued twice, since what concerns every worker has changed while it was in hand.
                continue;
            }

            _items.AddRange(parked.RowsOf(key).Take(Math.Min(RowsOfKey, limit - _items.Count)).Select(r => new WorkItem(r.Record, r)));
        }

        while (_items.Count < limit && parked.Rows < context.Options.ParkedLimit && arrivals.Take() is { } record)
        {
            _items.Add(new WorkItem(record, null));
        }

        return _items;
    }

    public void Execute(IReadOnlyList<WorkItem> items, Flush flush, long now)
    {
        _stopped.Clear();
        var whole = items.Count switch { 0 => IExecutionMark.None, 1 => items[0].Place, _ => IExecutionMark.Batch };
        if (items.Count == 1 && careful.Of(items[0]) == Treatment.SetAside)
        {
            whole = IExecutionMark.None;
        }
        else
        {
            mark.Value = careful.Mark(whole);
            executor.Prepare(items, session);
        }

        foreach (var item in items)
        {
            var key = item.Record.Key;
            if (!_stopped.Contains(key) && Cancelled(item, flush))
            {
                continue;
            }

            if (!_stopped.Contains(key) && item.Record.Headers.Has(HeaderName.Due) && executor.Delay(item, session))
            {
                Leave(item, flush);
            }
            else if (item.Parked is null ? parked.Holds(key) : _stopped.Contains(key))
            {
                Behind(item, flush, now);
            }
            else if (gate.HeldUntil(item.Record, now) is { } until)
            {
                Wait(item, item.Parked?.Attempts ?? 0, until, Paused, null, flush, now);
            }
            else
            {
                Treat(item, flush, now);
            }
        }

        foreach (var key in _keys.Where(k => parked.Holds(k) && !_stopped.Contains(k)))
        {
            parked.Requeue(key, now);
        }

        mark.Value = careful.Mark(whole);
        session.Enter(RecordScope.None);
        session.MoveTo(flush);
        executor.MoveTo(flush);
        mark.Value = IExecutionMark.None;
        careful.Ran(items);
    }

    /// <summary>Cancels these, which wait; whatever stands before them in their keys.</summary>
    public void Sweep(IReadOnlyList<WorkItem> items, Flush flush)
    {
        executor.Prepare(items, session);
        foreach (var item in items)
        {
            item.First = FirstOf(item);
            if (gate.CancelOf(item.Record) is { } why && executor.Cancel(item, why, session) && item.Parked is { } row)
            {
                parked.Remove(row);
                flush.ParkedDone.Add(row.Order);
            }

            CancelDone(item, flush);
        }

        session.Enter(RecordScope.None);
        session.MoveTo(flush);
        executor.MoveTo(flush);
    }

    public void Clear()
    {
        session.Clear();
        executor.Clear();
        parked.Clear();
    }

    private bool Cancelled(WorkItem item, Flush flush)
    {
        if (gate.CancelOf(item.Record) is not { } why)
        {
            return false;
        }

        CancelDone(item, flush);
        item.First = FirstOf(item);
        if (!executor.Cancel(item, why, session))
        {
            return false;
        }

        Leave(item, flush);
        return true;
    }

    // What waits has not taken its caller's key: a repeat of it that is cancelled would, and it would never run.
    private LogRecord? FirstOf(WorkItem item)
    {
        if (item.Record.Headers.TryGet(HeaderName.CallerKey, out var key))
        {
            foreach (var row in parked.RowsOf(item.Record.Key))
            {
                if (row.Order == item.Parked?.Order)
                {
                    break;
                }

                if (row.Record.Headers.TryGet(HeaderName.CallerKey, out var other) && other.SequenceEqual(key))
                {
                    return row.Record;
                }
            }
        }

        return null;
    }

    private void CancelDone(WorkItem item, Flush flush)
    {
        if (gate.HasCancel(item.Record.Id))
        {
            flush.ControlDone.Add(new ControlName(ControlKinds.Cancel, item.Record.Id.ToString()));
        }
    }

    private void Treat(WorkItem item, Flush flush, long now)
    {
        switch (careful.Of(item))
        {
            case Treatment.Run:
                One(item, flush, now);
                break;
            case Treatment.RunAlone:
                lock (Alone)
                {
                    One(item, flush, now);
                }

                careful.Survived();
                break;
            case Treatment.SetAside:
                var wait = careful.SetAside();
                using (context.Log.About(item.Record))
                {
                    LogMessages.RecordSetAside(context.Log, context.Group, item.Record.Id, item.Record.Key, wait);
                }

                Park(item, item.Parked?.Attempts ?? 0, wait, "aside", null, flush, now);
                break;
            case Treatment.IsKiller:
                GiveUp(item, Execution.Poison("killed_worker", new WorkerKilledException()), flush, now);
                careful.Cleared();
                break;
            default:
                GiveUp(item, Execution.Poison("flush_failed", careful.FlushError), flush, now);
                break;
        }
    }

    private void One(WorkItem item, Flush flush, long now)
    {
        using var span = context.Spans?.Process(context.Group, item.Record, item.Attempt);
        if (Unreadable.Of(item.Record.Headers) is { } why && why.Reason != Unreadable.Refused)
        {
            GiveUp(item, Execution.Poison(why.Reason, new UnreadableMessageException(why.Sentence, null)), flush, now);
            return;
        }

        mark.Value = careful.Mark(item.Place);
        var outside = session.Depth;
        session.Begin();
        var result = executor.Execute(item, session);
        if (result.Kind == ExecutionKind.Done)
        {
            (session.Scope as CommandContext)?.Describe(span);
            session.Commit();
            Leave(item, flush);
            return;
        }

        session.RollbackTo(outside);
        if (result.Error is { } error)
        {
            span?.Failed(error);
        }

        if (result.Kind == ExecutionKind.Retry && item.Attempt <= context.Options.RetryDelays.Count)
        {
            Wait(item, result, flush, now);
        }
        else
        {
            GiveUp(item, result.Kind == ExecutionKind.Retry ? result with { Reason = "attempts_used_up" } : result, flush, now);
        }
    }

    private void Wait(WorkItem item, Execution result, Flush flush, long now)
    {
        var delay = result.After ?? Jittered(context.Options.RetryDelays[item.Attempt - 1]);
        Park(item, item.Attempt, delay, "retry", result.Error, flush, now);
        using var about = context.Log.About(item.Record);
        LogMessages.RecordWaits(context.Log, context.Group, item.Record.Id, item.Record.Key, item.Attempt, delay, result.Error.Cause());
        LogMessages.AttemptFailed(context.Log, context.Group, item.Record.Id, item.Attempt, result.Error);
    }

    private void Park(WorkItem item, int attempts, TimeSpan delay, string reason, Exception? error, Flush flush, long now) =>
        Wait(item, attempts, now + (long)delay.TotalMilliseconds, reason, error, flush, now);

    private void Wait(WorkItem item, int attempts, long dueMs, string reason, Exception? error, Flush flush, long now)
    {
        var row = new ParkedRow(
            item.Place, item.Record, attempts, dueMs, item.Parked is { Attempts: > 0 } p ? p.FirstMs : now, reason,
            error?.GetType().Name, error?.Message);
        flush.Parked.Add(row);
        if (item.Parked is null)
        {
            // Its key may be one that came due in this batch and has nothing left of then: it waits anew.
            parked.Add(row);
            _keys.Remove(item.Record.Key);
        }
        else
        {
            parked.Wait(item.Record.Key, row);
            _stopped.Add(item.Record.Key);
        }
    }

    private static TimeSpan Jittered(TimeSpan delay) => delay * (0.9 + (0.2 * Random.Shared.NextDouble()));

    private void GiveUp(WorkItem item, Execution why, Flush flush, long now)
    {
        executor.GiveUp(item, why, session);
        var error = why.Error ?? new InvalidOperationException(why.Reason);
        flush.DeadLetters.Add(new DeadLetter(
            Ids.Derived(item.Record.Id, context.Group), context.Group, executor.HandlerOf(item), item.Record, why.Reason, error.GetType().Name,
            why.Reason.ToUpperInvariant(), error.Message, DeadLetter.Cut(error.StackTrace), item.Attempt,
            item.Parked is { Attempts: > 0 } p ? p.FirstMs : now, now, context.Worker));
        Leave(item, flush);
        using var about = context.Log.About(item.Record);
        LogMessages.DeadLettered(context.Log, context.Group, item.Record.Id, item.Record.Key, why.Reason, error);
    }

    /// <summary>A new record of a key that waits goes behind what is before it; a parked one stays where it is.</summary>
    private void Behind(WorkItem item, Flush flush, long now)
    {
        if (item.Parked is null)
        {
            var row = new ParkedRow(item.Place, item.Record, 0, now, now, "behind", null, null);
            parked.Add(row);
            flush.Parked.Add(row);
        }
    }

    private void Leave(WorkItem item, Flush flush)
    {
        if (item.Parked is { } row)
        {
            parked.Done(item.Record.Key);
            flush.ParkedDone.Add(row.Order);
        }
    }
}

/// <summary>A record was being executed each time the process ended; it is not started again.</summary>
public sealed class WorkerKilledException() : Exception("The worker ended while this record was executed, as often as is allowed.");
