namespace Workers.Engine.Log;

/// <summary>How far a pump has read a partition, and what it has read but not yet taken.</summary>
/// <param name="partition">Which one.</param>
/// <param name="next">Where reading begins.</param>
/// <param name="capacity">Records that may wait here.</param>
/// <param name="bytes">What their values may come to; the last one may go beyond.</param>
public sealed class PartitionCursor(PartitionId partition, long next, int capacity = 2_000, long bytes = 64L << 20)
{
    public PartitionId Partition { get; } = partition;

    /// <summary>Where reading goes on: everything before it was looked at.</summary>
    public long Next { get; set; } = next;

    public Queue<LogRecord> Pending { get; } = new();

    public bool HasRoom => Halted is null && Pending.Count < capacity && PendingBytes < bytes;

    /// <summary>
    /// Why the log has nothing from <see cref="Next"/> on and never will, set by the reader; null while all is well. Nothing more is read until
    /// <see cref="Rewind"/>.
    /// </summary>
    public string? Halted { get; set; }

    /// <summary>Reading has not begun yet: 0 is wherever the log begins. Otherwise it is an offset like any other, and halts where it is gone.</summary>
    public bool FromOldest { get; set; } = next == 0;

    /// <summary>The reader has found the place in the log; set where records may be deleted before they are read.</summary>
    public bool Found { get; set; }

    /// <summary>Sum of the values' lengths, kept by <see cref="Add"/> and <see cref="Take"/>.</summary>
    public long PendingBytes { get; private set; }

    public void Add(LogRecord record)
    {
        Pending.Enqueue(record);
        PendingBytes += record.Value.Length;
    }

    public LogRecord Take()
    {
        var record = Pending.Dequeue();
        PendingBytes -= record.Value.Length;
        return record;
    }

    /// <summary>Forgets what was read and goes on at <paramref name="next"/>.</summary>
    public void Rewind(long next)
    {
        Pending.Clear();
        PendingBytes = 0;
        Next = next;
        Halted = null;
        Found = false;
    }
}
