using Workers.Engine.Store;
using Workers.Sqlite.Log;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite.State;

/// <summary>Writes one flush: the position first, then what may conflict, then the rest.</summary>
/// <param name="outgoing">The flush's outgoing records for the log in this file, encoded by the caller's thread.</param>
/// <param name="outbox">The same for a log elsewhere.</param>
internal sealed class FlushJob(Flush flush, RecordBatch? outgoing, byte[]? outbox) : WriteJob<FlushResult>
{
    public override bool Run(WriteContext context)
    {
        if ((flush.ControlVersion != Flush.AnyControl && flush.ControlVersion != context.ControlVersion) || !context.Positions.Move(flush.Position))
        {
            Result = FlushResult.Moved;
            return true;
        }

        if (flush.Unfinished.Exists(id => context.Outcomes.Find(id) is not (null or { State: CommandState.Scheduled })))
        {
            return Conflict();
        }

        foreach (var write in flush.Uniques)
        {
            if (!context.Uniques.Write(write))
            {
                return Conflict();
            }
        }

        foreach (var write in flush.CallerKeys)
        {
            if (!context.CallerKeys.Write(write))
            {
                return Conflict();
            }
        }

        WriteControl(context);
        WriteState(context);
        WriteWaiting(context);
        WriteOutgoing(context);
        Result = FlushResult.Committed;
        return true;
    }

    private void WriteControl(WriteContext context)
    {
        if (flush.Control.Count > 0)
        {
            context.Write(flush.Control);
        }

        flush.ControlDone.ForEach(context.Control.Remove);
    }

    private void WriteState(WriteContext context)
    {
        // Events before states: they move the tails that the state rows keep.
        foreach (var write in flush.Events)
        {
            context.Append(write);
        }

        foreach (var write in flush.States)
        {
            context.States.Write(write);
        }

        foreach (var write in flush.Outcomes)
        {
            context.Outcomes.Write(write);
        }
    }

    private void WriteWaiting(WriteContext context)
    {
        var (group, partition) = (flush.Position.Group, flush.Position.Partition);
        foreach (var timer in flush.Timers)
        {
            context.Timers.Write(timer, group, partition);
        }

        foreach (var token in flush.TimersDone)
        {
            context.Timers.Remove(token);
        }

        foreach (var row in flush.Parked)
        {
            context.Parked.Write(row, group, partition);
        }

        foreach (var order in flush.ParkedDone)
        {
            context.Parked.Remove(order, group, partition);
        }

        foreach (var letter in flush.DeadLetters)
        {
            context.DeadLetters.Write(letter);
        }

        foreach (var id in flush.DeadLettersDone)
        {
            context.DeadLetters.Remove(id);
        }
    }

    private void WriteOutgoing(WriteContext context)
    {
        if (outgoing is not null)
        {
            context.Append(outgoing);
        }

        if (outbox is not null)
        {
            context.Outbox.Write(flush.Position, outbox);
        }

        if (flush.OutboxSent > 0)
        {
            context.Outbox.Remove(flush.Position, flush.OutboxSent);
        }

        foreach (var seen in flush.Seen)
        {
            context.Outbox.Write(flush.Position, seen);
        }
    }

    private bool Conflict()
    {
        Result = FlushResult.UniqueConflict;
        return false;
    }
}
