using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Tests.Effects;

/// <summary>A store one of whose flushes goes wrong: before it is written, or after (so that nobody learns of it).</summary>
internal sealed class FaultyStore(IStateStore inner) : IStateStore
{
    public string Installation => inner.Installation;

    private Func<Flush, bool>? _fails;
    private bool _written;

    /// <summary>The next flush of this kind fails; <paramref name="written"/> says whether it is there all the same.</summary>
    public void FailOnce(Func<Flush, bool> which, bool written) => (_written, _fails) = (written, which);

    public async Task<FlushResult> FlushAsync(Flush flush)
    {
        if (_fails?.Invoke(flush) != true)
        {
            return await inner.FlushAsync(flush);
        }

        _fails = null;
        if (_written)
        {
            await inner.FlushAsync(flush);
        }

        throw new StoreUnavailableException("The test said so.");
    }

    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) => inner.TakeAsync(group, partition, cancellation);

    public Task<PositionRow?> ReclaimAsync(string group, PartitionId partition, long epoch, CancellationToken cancellation) =>
        inner.ReclaimAsync(group, partition, epoch, cancellation);

    public Task<PositionRow?> PositionAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        inner.PositionAsync(group, partition, cancellation);

    public Task ReleaseAsync(string group, PartitionId partition, long epoch, CancellationToken cancellation) =>
        inner.ReleaseAsync(group, partition, epoch, cancellation);

    public IOutboxStore? Outbox => inner.Outbox;

    public IExecutionMark MarkOf(string group, PartitionId partition) => inner.MarkOf(group, partition);

    public IStateReader OpenReader() => inner.OpenReader();

    public Task<IReadOnlyList<(string Group, PartitionId Partition, PositionRow Row)>> PositionsAsync(CancellationToken cancellation) =>
        inner.PositionsAsync(cancellation);

    public Task<bool> SetPositionAsync(string group, PartitionId partition, long offset, CancellationToken cancellation) =>
        inner.SetPositionAsync(group, partition, offset, cancellation);
}
