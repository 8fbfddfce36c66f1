namespace Workers.Engine.Log;

/// <summary>The durable log: SQLite embedded, Kafka in a cluster. Its suite is <c>LogConformance</c>.</summary>
public interface ILog
{
    /// <summary>How many partitions a topic has: fixed when the log was made.</summary>
    int Partitions(string topic);

    /// <summary>
    /// Appends one record to the partition of its key. On disk when the task completes; sets the record's partition and offset.
    /// Throws <see cref="LogUnavailableException"/> when nothing was accepted.
    /// </summary>
    Task AppendAsync(LogRecord record, CancellationToken cancellation);

    /// <summary>The same for several records: all or none (one commit).</summary>
    Task AppendAsync(IReadOnlyList<LogRecord> records, CancellationToken cancellation);

    /// <summary>A reader of these topics for one pump thread, which <paramref name="wake"/> is set for when there may be more.</summary>
    ILogReader OpenReader(IReadOnlyList<string> topics, Signal wake);

    /// <summary>One record, or null where there is none at that offset (any more).</summary>
    ValueTask<LogRecord?> ReadAsync(PartitionId partition, long offset, CancellationToken cancellation);

    /// <summary>For each partition of the topic: the offset after its last record.</summary>
    ValueTask<IReadOnlyList<long>> EndsAsync(string topic, CancellationToken cancellation);
}

/// <summary>Reads partitions in order for one thread.</summary>
public interface ILogReader : IDisposable
{
    /// <summary>
    /// Adds to each cursor's <see cref="PartitionCursor.Pending"/> the records from its <see cref="PartitionCursor.Next"/> on, in order, as far as
    /// there are any and the cursor has room, and moves <c>Next</c> past what was looked at. Never waits. False where nothing was added.
    /// </summary>
    bool Fill(IReadOnlyList<PartitionCursor> cursors);
}

/// <summary>The log cannot take records now: the caller is told to try again (503), never that it was accepted.</summary>
public sealed class LogUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
