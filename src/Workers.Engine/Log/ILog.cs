namespace Workers.Engine.Log;

/// <summary>The durable log: SQLite embedded, Kafka in a cluster. Its suite is <c>LogConformance</c>.</summary>
public interface ILog
{
    /// <summary>Made at random with the log, and anew where it goes on from a copy: a place in another log means nothing in this one.</summary>
    uint Identity { get; }

    /// <summary>How many partitions a topic has. While the log is open there are as many.</summary>
    int Partitions(string topic);

    /// <summary>
    /// Appends one record to the partition of its key. On disk when the task completes; sets the record's partition and offset.
    /// Throws <see cref="LogUnavailableException"/> when nothing was accepted.
    /// </summary>
    Task AppendAsync(LogRecord record, CancellationToken cancellation);

    /// <summary>The same for several records: all or none (one commit).</summary>
    Task AppendAsync(IReadOnlyList<LogRecord> records, CancellationToken cancellation);

    /// <summary>A reader of all partitions of these topics for one thread, for which <paramref name="wake"/> is set when there may be more.</summary>
    ILogReader OpenReader(IReadOnlyList<string> topics, Signal wake);

    /// <summary>The same for a member of a group: it has some of the partitions, and which ones may change (<see cref="ILogReader.Owned"/>).</summary>
    ILogReader Join(GroupMember member, Signal wake);

    /// <summary>One record, or null where there is none at that offset (any more).</summary>
    ValueTask<LogRecord?> ReadAsync(PartitionId partition, long offset, CancellationToken cancellation);

    /// <summary>For each partition of the topic: the offset after its last record.</summary>
    ValueTask<IReadOnlyList<long>> EndsAsync(string topic, CancellationToken cancellation);

    /// <summary>
    /// For each partition of the topic: how far reading can have come, which where partitions share their offsets is further than the last record. On a log
    /// of several processes the number may be some 100 ms old.
    /// </summary>
    ValueTask<IReadOnlyList<long>> LimitsAsync(string topic, CancellationToken cancellation);

    /// <summary>For each partition of the topic: before this offset records were deleted by retention; 0 where none were.</summary>
    ValueTask<IReadOnlyList<long>> StartsAsync(string topic, CancellationToken cancellation);
}

/// <summary>One thread of a group that shares the partitions of its topics with others, in this process and (Kafka) in others.</summary>
/// <param name="Index">Of the group's threads in this process.</param>
/// <param name="Count">The group's threads in this process.</param>
public sealed record GroupMember(string Group, IReadOnlyList<string> Topics, int Index, int Count);

/// <summary>Reads partitions in order for one thread.</summary>
public interface ILogReader : IDisposable
{
    /// <summary>
    /// What this reader is to serve now: another list whenever that changes, and the reader's signal is set then. Null until it is known. A partition
    /// that is no longer in the list is to be released soon (<see cref="Released"/>): others wait for it.
    /// </summary>
    IReadOnlyList<PartitionId>? Owned { get; }

    /// <summary>Whoever served the partition has finished with it and released it in the store.</summary>
    void Released(PartitionId partition);

    /// <summary>Everything of the partition before this offset is committed: a courtesy to tools that watch the log, called seldom.</summary>
    void Passed(PartitionId partition, long offset);

    /// <summary>
    /// Adds to each cursor's <see cref="PartitionCursor.Pending"/> the records from its <see cref="PartitionCursor.Next"/> on, in order, as far as
    /// there are any and the cursor has room, and moves <c>Next</c> past what was looked at. Never waits. False where nothing was added.
    /// </summary>
    bool Fill(IReadOnlyList<PartitionCursor> cursors);
}

/// <summary>The log cannot take records now: the caller is told to try again (503), never that it was accepted.</summary>
public sealed class LogUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
