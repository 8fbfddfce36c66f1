using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Cache;

/// <summary>The state store of a process with pumps, which tells the cache of each write before it is submitted.</summary>
public sealed class InvalidatingStateStore(IStateStore store, IResourceCache cache) : IStateStore
{
    public string Installation => store.Installation;

    public IOutboxStore? Outbox => store.Outbox;

    public Task<FlushResult> FlushAsync(Flush flush)
    {
        Func<Task<FlushResult>, Task<FlushResult>>? end;
        try
        {
            end = cache.BeforeWrite(flush.States);
        }
        catch (StoreUnavailableException error)
        {
            return Task.FromException<FlushResult>(error);
        }

        if (end is null)
        {
            return store.FlushAsync(flush);
        }

        Task<FlushResult> written;
        try
        {
            written = store.FlushAsync(flush);
        }
        catch (Exception error)
        {
            _ = end(Task.FromException<FlushResult>(error));
            throw;
        }

        return end(written);
    }

    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) => store.TakeAsync(group, partition, cancellation);

    public Task<PositionRow?> ReclaimAsync(string group, PartitionId partition, long epoch, CancellationToken cancellation) =>
        store.ReclaimAsync(group, partition, epoch, cancellation);

    public Task<PositionRow?> PositionAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        store.PositionAsync(group, partition, cancellation);

    public Task ReleaseAsync(string group, PartitionId partition, long epoch, CancellationToken cancellation) =>
        store.ReleaseAsync(group, partition, epoch, cancellation);

    public IExecutionMark MarkOf(string group, PartitionId partition) => store.MarkOf(group, partition);

    public IStateReader OpenReader() => store.OpenReader();

    public Task<IReadOnlyList<(string Group, PartitionId Partition, PositionRow Row)>> PositionsAsync(CancellationToken cancellation) =>
        store.PositionsAsync(cancellation);

    public Task<bool> SetPositionAsync(string group, PartitionId partition, long offset, CancellationToken cancellation) =>
        store.SetPositionAsync(group, partition, offset, cancellation);
}
