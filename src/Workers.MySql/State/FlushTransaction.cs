using MySqlConnector;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>
/// Writes one flush: the position first, then what may conflict, then the rest. A small one goes as a text, in two round trips; where that changes other rows
/// than expected it is undone and written statement by statement, which tells what is the matter.
/// </summary>
internal static class FlushTransaction
{
    private const int SmallBytes = 64 << 10;

    /// <summary>Throws as <see cref="Attempts.Transact"/>. The tails of streams are as before unless it was committed.</summary>
    public static FlushResult Run(Session session, Flush flush)
    {
        var tails = new List<(StreamTail Tail, long LastEvent)>();
        var small = IsSmall(flush, session.Server.TextRows);
        return session.Transact(
            s =>
            {
                if (small)
                {
                    small = false;
                    if (TryText(s, flush, tails) is { } rest)
                    {
                        return (FlushResult.Committed, rest);
                    }

                    s.Rollback();
                    Undo(tails);
                }

                var result = Write(s, flush, tails, s.Server.StatementBytes);
                return (result, result == FlushResult.Committed ? "" : null);
            },
            () => Undo(tails));
    }

    private static string? TryText(Session session, Flush flush, List<(StreamTail Tail, long LastEvent)> tails)
    {
        var script = new Script();
        Write(script, flush, tails, session.Server.StatementBytes);
        try
        {
            if (!script.RunKnown(session.Connection, out var first))
            {
                return null;
            }

            foreach (var (tail, _) in tails)
            {
                tail.LastEvent = first + (tail.LastEvent - Script.FirstEvent);
            }

            return script.Rest;
        }
        catch (MySqlException error) when (Failures.IsOfData(error))
        {
            // Perhaps only since the position has moved.
            return null;
        }
    }

    private static FlushResult Write(IWrites target, Flush flush, List<(StreamTail Tail, long LastEvent)> tails, long rowBytes)
    {
        if (!PositionTable.Move(target, flush.Position, flush.ControlVersion))
        {
            return FlushResult.Moved;
        }

        if (flush.Control.Count > 0 && !ControlTable.Write((Session)target, flush.Control, flush.Unfinished))
        {
            return FlushResult.UniqueConflict;
        }

        ControlTable.Remove(target, flush.ControlDone);

        if (!UniqueTable.Write(target, flush.Uniques) || !CallerKeyTable.Write(target, flush.CallerKeys))
        {
            return FlushResult.UniqueConflict;
        }

        // Events before states: they move the tails that the state rows keep.
        EventTable.Write(target, flush.Events, tails);
        StateTable.Write(target, flush.States);
        OutcomeTable.Write(target, flush.Outcomes);
        WriteWaiting(target, flush);
        OutboxTable.Write(target, flush.Position, flush.Outgoing, rowBytes);
        if (flush.OutboxSent > 0)
        {
            OutboxTable.Remove(target, flush.Position, flush.OutboxSent);
        }

        OutboxTable.Write(target, flush.Position, flush.Seen);
        return FlushResult.Committed;
    }

    private static void WriteWaiting(IWrites target, Flush flush)
    {
        var (group, partition) = (flush.Position.Group, flush.Position.Partition);
        TimerTable.Write(target, flush.Timers, group, partition);
        TimerTable.Remove(target, flush.TimersDone);
        ParkedTable.Write(target, flush.Parked, group, partition);
        ParkedTable.Remove(target, flush.ParkedDone, group, partition);
        DeadLetterTable.Write(target, flush.DeadLetters);
        DeadLetterTable.Remove(target, flush.DeadLettersDone);
    }

    // A value that is released may be claimed again behind it, and only in that order.
    private static bool IsSmall(Flush flush, int rows) =>
        rows > 0 && flush.States.Count + flush.Events.Count + flush.Outcomes.Count + flush.Outgoing.Count + flush.CallerKeys.Count + flush.Uniques.Count
            + flush.Timers.Count + flush.TimersDone.Count + flush.Parked.Count + flush.ParkedDone.Count + flush.Seen.Count + flush.DeadLettersDone.Count + flush.ControlDone.Count <= rows
        && flush.DeadLetters.Count == 0 && flush.Control.Count == 0 && !flush.Uniques.Exists(u => u.Release)
        && flush.States.Sum(s => (long)(s.Data?.Length ?? 0)) + flush.Events.Sum(e => (long)e.Data.Length) + flush.Outcomes.Sum(o => (long)o.Outcome.Body.Length)
            + flush.Outgoing.Sum(Size) + flush.Timers.Sum(t => Size(t.Message)) + flush.Parked.Sum(p => Size(p.Record)) <= SmallBytes;

    private static long Size(LogRecord record) => record.Value.Length + record.Headers.Bytes.Length + record.Key.Length;

    private static void Undo(List<(StreamTail Tail, long LastEvent)> tails)
    {
        for (var i = tails.Count - 1; i >= 0; i--)
        {
            tails[i].Tail.LastEvent = tails[i].LastEvent;
        }

        tails.Clear();
    }
}
