using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Follow;

/// <summary>
/// What a <see cref="Follower"/> does with the records it reads: it gathers a batch and writes it together with the positions. Used by one thread.
/// </summary>
public interface IFollowHandler
{
    /// <summary>As <see cref="IStateStore.TakeAsync"/>, in the store that is written.</summary>
    Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation);

    /// <summary>
    /// Adds what a record says to the batch in hand, without reading or writing anything. Whatever it throws means that the record cannot be read; the
    /// batch is then as it was before.
    /// </summary>
    void Add(LogRecord record);

    /// <summary>
    /// Writes the batch in hand and moves the positions, in one transaction. Begins a new batch once it is committed. <see cref="FlushFailedException"/>
    /// means that something in the batch cannot be written; what a store cannot do now is <see cref="StoreUnavailableException"/> or any other.
    /// </summary>
    Task<FlushResult> CommitAsync(IReadOnlyList<PositionMove> positions, CancellationToken cancellation);

    /// <summary>Forgets the batch in hand and all that is remembered of what is stored: reading goes on at another position.</summary>
    void Reset();
}
