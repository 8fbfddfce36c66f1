using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Tests.Store;

/// <summary>Another store, but for what a test makes different of it.</summary>
internal abstract class WrappedStore(IStateStore inner) : IStateStore
{
    public string Installation => inner.Installation;

    public IOutboxStore? Outbox => inner.Outbox;

    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) => inner.TakeAsync(group, partition, cancellation);

    public Task<PositionRow?> ReclaimAsync(string group, PartitionId partition, long epoch, CancellationToken cancellation) =>
        inner.ReclaimAsync(group, partition, epoch, cancellation);

    public Task<PositionRow?> PositionAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        inner.PositionAsync(group, partition, cancellation);

    public Task ReleaseAsync(string group, PartitionId partition, long epoch, CancellationToken cancellation) =>
        inner.ReleaseAsync(group, partition, epoch, cancellation);

    public virtual Task<FlushResult> FlushAsync(Flush flush) => inner.FlushAsync(flush);

    public virtual IExecutionMark MarkOf(string group, PartitionId partition) => inner.MarkOf(group, partition);

    public IStateReader OpenReader() => inner.OpenReader();

    public Task<IReadOnlyList<(string Group, PartitionId Partition, PositionRow Row)>> PositionsAsync(CancellationToken cancellation) =>
        inner.PositionsAsync(cancellation);

    public Task<bool> SetPositionAsync(string group, PartitionId partition, long offset, CancellationToken cancellation) =>
        inner.SetPositionAsync(group, partition, offset, cancellation);
}
