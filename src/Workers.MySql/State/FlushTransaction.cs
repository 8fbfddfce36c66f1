using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>Writes one flush: the position first, then what may conflict, then the rest.</summary>
internal static class FlushTransaction
{
    /// <summary>Throws as <see cref="Attempts.Transact"/>. The tails of streams are as before unless it was committed.</summary>
    public static FlushResult Run(Session session, Flush flush)
    {
        var tails = new List<(StreamTail Tail, long LastEvent)>();
        return session.Transact(
            s =>
            {
                var result = Write(s, flush, tails);
                return (result, result == FlushResult.Committed);
            },
            () =>
            {
                for (var i = tails.Count - 1; i >= 0; i--)
                {
                    tails[i].Tail.LastEvent = tails[i].LastEvent;
                }

                tails.Clear();
            });
    }

    private static FlushResult Write(Session session, Flush flush, List<(StreamTail Tail, long LastEvent)> tails)
    {
        if (!PositionTable.Move(session, flush.Position))
        {
            return FlushResult.Moved;
        }

        if (!UniqueTable.Write(session, flush.Uniques) || !CallerKeyTable.Write(session, flush.CallerKeys))
        {
            return FlushResult.UniqueConflict;
        }

        // Events before states: they move the tails that the state rows keep.
        EventTable.Write(session, flush.Events, tails);
        StateTable.Write(session, flush.States);
        OutcomeTable.Write(session, flush.Outcomes);
        WriteWaiting(session, flush);
        OutboxTable.Write(session, flush.Position, flush.Outgoing);
        if (flush.OutboxSent > 0)
        {
            OutboxTable.Remove(session, flush.Position, flush.OutboxSent);
        }

        OutboxTable.Write(session, flush.Position, flush.Seen);
        return FlushResult.Committed;
    }

    private static void WriteWaiting(Session session, Flush flush)
    {
        var (group, partition) = (flush.Position.Group, flush.Position.Partition);
        TimerTable.Write(session, flush.Timers, group, partition);
        TimerTable.Remove(session, flush.TimersDone);
        ParkedTable.Write(session, flush.Parked, group, partition);
        ParkedTable.Remove(session, flush.ParkedDone, group, partition);
        DeadLetterTable.Write(session, flush.DeadLetters);
        DeadLetterTable.Remove(session, flush.DeadLettersDone);
    }
}
