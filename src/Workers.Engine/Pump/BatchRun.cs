using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Session;
using Workers.Engine.Store;

namespace Workers.Engine.Pump;

/// <summary>Runs the records of a batch one after another, each with its savepoint, and sets aside the keys that must wait.</summary>
internal sealed class BatchRun(PumpContext context, BatchSession session, IRecordExecutor executor, ParkedKeys parked)
{
    private const int RowsOfKey = 100;

    private readonly List<WorkItem> _items = [];
    private readonly HashSet<string> _keys = [];
    private readonly HashSet<string> _stopped = [];

    /// <summary>Up to <paramref name="limit"/> records: of parked keys that are due, then new ones.</summary>
    public IReadOnlyList<WorkItem> Gather(PartitionCursor cursor, long now, int limit)
    {
        _items.Clear();
        _keys.Clear();
        while (_items.Count < limit && parked.TakeDue(now) is { } key)
        {
            _keys.Add(key);
            _items.AddRange(parked.RowsOf(key).Take(Math.Min(RowsOfKey, limit - _items.Count)).Select(r => new WorkItem(r.Record, r)));
        }

        while (_items.Count < limit && parked.Rows < context.Options.ParkedLimit && cursor.Pending.Count > 0)
        {
            _items.Add(new WorkItem(cursor.Take(), null));
        }

        return _items;
    }

    /// <summary>The gathered items do not run yet; a later <see cref="Gather"/> finds them again.</summary>
    public void PutBack(PartitionCursor cursor, long now)
    {
        foreach (var key in _keys)
        {
            parked.Requeue(key, now);
        }

        cursor.PutBack(_items.Where(i => i.Parked is null).Select(i => i.Record));
    }

    public void Execute(IReadOnlyList<WorkItem> items, Flush flush, long now, bool killer)
    {
        _stopped.Clear();
        executor.Prepare(items, session);
        foreach (var item in items)
        {
            var key = item.Record.Key;
            if (item.Parked is null ? parked.Holds(key) : _stopped.Contains(key))
            {
                Behind(item, flush, now);
            }
            else if (killer)
            {
                GiveUp(item, Execution.Poison("killed_worker", new WorkerKilledException()), flush, now);
            }
            else
            {
                One(item, flush, now);
            }
        }

        foreach (var key in _keys.Where(k => parked.Holds(k) && !_stopped.Contains(k)))
        {
            parked.Requeue(key, now);
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

    private void One(WorkItem item, Flush flush, long now)
    {
        var mark = session.Mark();
        var result = executor.Execute(item, session);
        if (result.Kind == ExecutionKind.Done)
        {
            Leave(item, flush);
            return;
        }

        session.Rollback(mark);
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
        var delay = result.After ?? context.Options.RetryDelays[item.Attempt - 1] * (0.9 + (0.2 * Random.Shared.NextDouble()));
        var row = new ParkedRow(
            item.Record.Offset, item.Record, item.Attempt, now + (long)delay.TotalMilliseconds, item.Parked is { Attempts: > 0 } p ? p.FirstMs : now,
            "retry", result.Error?.GetType().Name, result.Error?.Message);
        flush.Parked.Add(row);
        if (item.Parked is null)
        {
            parked.Add(row);
        }
        else
        {
            parked.Wait(item.Record.Key, row);
            _stopped.Add(item.Record.Key);
        }

        LogMessages.RecordWaits(context.Log, context.Group, item.Record.Id, item.Record.Key, item.Attempt, delay, result.Error);
    }

    private void GiveUp(WorkItem item, Execution why, Flush flush, long now)
    {
        executor.GiveUp(item, why, session);
        var error = why.Error ?? new InvalidOperationException(why.Reason);
        flush.DeadLetters.Add(new DeadLetter(
            Ids.Derived(item.Record.Id, context.Group), context.Group, executor.HandlerOf(item), item.Record, why.Reason, error.GetType().Name,
            why.Reason.ToUpperInvariant(), error.Message, DeadLetter.Cut(error.StackTrace), item.Attempt,
            item.Parked is { Attempts: > 0 } p ? p.FirstMs : now, now, context.Worker));
        Leave(item, flush);
        LogMessages.DeadLettered(context.Log, context.Group, item.Record.Id, item.Record.Key, why.Reason, error);
    }

    /// <summary>A new record of a key that waits goes behind what is before it; a parked one stays where it is.</summary>
    private void Behind(WorkItem item, Flush flush, long now)
    {
        if (item.Parked is null)
        {
            var row = new ParkedRow(item.Record.Offset, item.Record, 0, now, now, "behind", null, null);
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
