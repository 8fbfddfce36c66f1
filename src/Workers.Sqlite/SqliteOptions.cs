namespace Workers.Sqlite;

/// <summary>How the embedded file is opened.</summary>
public sealed record SqliteOptions
{
    /// <summary>The file, in the data directory, which must exist. Beside it lie <c>-wal</c>, <c>-shm</c>, <c>lock</c> and <c>pid</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Partitions of a topic when it is made; another number later is refused. <c>workers.control</c> and the feeds always have one.</summary>
    public int Partitions { get; init; } = 4;

    public IReadOnlyList<string> Topics { get; init; } = [.. Contracts.Topics.All, .. Contracts.Topics.Feeds];

    /// <summary>Bytes of records in the log above which appends are refused. Flushes are not: what was accepted can always be finished.</summary>
    public long MaxBytes { get; init; } = 10L << 30;

    /// <summary>How long records are kept after all registered groups have read them.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long outcomes and callers' keys are kept from the command's end; longer than <see cref="Retention"/>, since a record that is read again must find its outcome.</summary>
    public TimeSpan OutcomeRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>True where the log is elsewhere: what flushes send is kept until it is there (<see cref="Engine.Store.IOutboxStore"/>), and the log in this file is not used. Default false.</summary>
    public bool KeepsOutbox { get; init; }

    /// <summary>How long a list or a query may take.</summary>
    public TimeSpan QueryLimit { get; init; } = Engine.Projections.QueryTimeoutException.Limit;

    /// <summary>How often the log is trimmed.</summary>
    public TimeSpan TrimEvery { get; init; } = TimeSpan.FromMinutes(1);

    internal IReadOnlyDictionary<string, int> PartitionsByTopic => Topics.ToDictionary(
        t => t, t => t == Contracts.Topics.Control || Contracts.Topics.Feeds.Contains(t) ? 1 : Partitions);
}
