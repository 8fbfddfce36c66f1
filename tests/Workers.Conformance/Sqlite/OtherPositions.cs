using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Conformance.Sqlite;

/// <summary>A store of positions that is not one of the files, and may be away.</summary>
internal sealed class OtherPositions : IPositionStore
{
    private readonly Dictionary<(string Group, PartitionId Partition), long> _at = [];

    public bool IsAway { get; set; }

    public long this[string group, PartitionId partition]
    {
        set => _at[(group, partition)] = value;
    }

    public Task<IReadOnlyList<(string Group, PartitionId Partition, PositionRow Row)>> PositionsAsync(CancellationToken cancellation) => IsAway
        ? Task.FromException<IReadOnlyList<(string, PartitionId, PositionRow)>>(new StoreUnavailableException("The other store is away."))
        : Task.FromResult<IReadOnlyList<(string, PartitionId, PositionRow)>>(
            [.. _at.Select(one => (one.Key.Group, one.Key.Partition, new PositionRow(one.Value, 1, 1, true, 0, -1, 0)))]);

    public Task<bool> SetPositionAsync(string group, PartitionId partition, long offset, CancellationToken cancellation) => throw new NotSupportedException();
}
