using Workers.Engine.Log;

namespace Workers.Engine.Store;

/// <summary>
/// The outgoing records of flushes, in the store until they are in the log. A shard is what one group writes from one partition; its records are
/// numbered without gaps in the order of their commits (<see cref="PositionMove.OutSeq"/>), a flush's records are one batch.
/// </summary>
public interface IOutboxStore
{
    /// <summary>Made at random with the store, hexadecimal: tells the shards of two installations on one log apart.</summary>
    string Installation { get; }

    /// <summary>The batches of a shard that end after <paramref name="afterSeq"/>, in order.</summary>
    Task<IReadOnlyList<OutboxBatch>> ReadAsync(string group, PartitionId partition, long afterSeq, int limit, CancellationToken cancellation);
}

/// <summary>What one flush sends.</summary>
/// <param name="LastSeq">The seq of the last record; the others are before it without gaps.</param>
public sealed record OutboxBatch(long LastSeq, IReadOnlyList<LogRecord> Records);

/// <summary>A shard of the outbox as its readers know it, and the highest seq that was taken of it.</summary>
public sealed record SeenShard(string Shard, long Seq);
