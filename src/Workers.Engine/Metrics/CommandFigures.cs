using Workers.Engine.Store;

namespace Workers.Engine.Metrics;

/// <summary>How commands of a type have ended, and how long they took. Used by one thread.</summary>
public sealed class CommandFigures
{
    public long Succeeded { get; set; }

    /// <summary>A business rule, or a handler outside, said no.</summary>
    public long Failed { get; set; }

    public long DeadLettered { get; set; }

    public long Cancelled { get; set; }

    /// <summary>Of those that had succeeded.</summary>
    public long Undone { get; set; }

    /// <summary>Commands that needed more than one attempt.</summary>
    public long Retried { get; set; }

    /// <summary>Their further attempts.</summary>
    public long Retries { get; set; }

    /// <summary>Sum of the times from acceptance to start, in microseconds.</summary>
    public long QueueUs { get; set; }

    /// <summary>Sum of the times from start to end, in microseconds.</summary>
    public long RunUs { get; set; }

    public Histogram Queue { get; init; } = new();

    public Histogram Run { get; init; } = new();

    /// <summary>Commands that have ended, whatever became of them later.</summary>
    public long Total => Succeeded + Failed + DeadLettered + Cancelled;

    public void Add(CommandEnd end)
    {
        switch (end.State)
        {
            case CommandState.Undone:
                Undone++;
                return;
            case CommandState.Cancelled:
                Cancelled++;
                return;
            case CommandState.Succeeded:
                Succeeded++;
                break;
            case CommandState.DeadLettered:
                DeadLettered++;
                break;
            default:
                Failed++;
                break;
        }

        Retried += end.Attempts > 1 ? 1 : 0;
        Retries += Math.Max(0, end.Attempts - 1);
        RunUs += end.RunUs;
        Run.Add(end.RunUs);
        if (end.QueueUs is { } queued)
        {
            QueueUs += queued;
            Queue.Add(queued);
        }
    }

    public void Merge(CommandFigures other)
    {
        Count(other, 1);
        Queue.Merge(other.Queue);
        Run.Merge(other.Run);
    }

    /// <summary>Takes out what was merged before.</summary>
    public void Subtract(CommandFigures earlier)
    {
        Count(earlier, -1);
        Queue.Subtract(earlier.Queue);
        Run.Subtract(earlier.Run);
    }

    private void Count(CommandFigures other, int sign)
    {
        Succeeded += sign * other.Succeeded;
        Failed += sign * other.Failed;
        DeadLettered += sign * other.DeadLettered;
        Cancelled += sign * other.Cancelled;
        Undone += sign * other.Undone;
        Retried += sign * other.Retried;
        Retries += sign * other.Retries;
        QueueUs += sign * other.QueueUs;
        RunUs += sign * other.RunUs;
    }
}

/// <summary>A command has reached a final state.</summary>
/// <param name="QueueUs">From acceptance to start; null where that is not known.</param>
public readonly record struct CommandEnd(string Type, string Kind, CommandState State, int Attempts, long EndedMs, long? QueueUs, long RunUs);
