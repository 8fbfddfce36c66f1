using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.MongoDb;

/// <summary>Positions of the groups that write read models and the audit trail.</summary>
internal sealed class MongoPositionStore(MongoDatabase database) : IPositionStore
{
    public async Task<IReadOnlyList<(string Group, PartitionId Partition, PositionRow Row)>> PositionsAsync(CancellationToken cancellation) =>
        await database.Run(Positions.All, cancellation);

    public Task<bool> SetPositionAsync(string group, PartitionId partition, long offset, CancellationToken cancellation) =>
        database.Run(client => Positions.Set(client, group, partition, offset), cancellation);
}
