using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite;

/// <summary>Positions of the groups that write read models and the audit trail.</summary>
internal sealed class ReadPositions(Writer writer, Positions positions) : IPositionStore
{
    public Task<IReadOnlyList<(string Group, PartitionId Partition, PositionRow Row)>> PositionsAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<(string, PartitionId, PositionRow)>>(positions.OfReads());

    public Task<bool> SetPositionAsync(string group, PartitionId partition, long offset, CancellationToken cancellation) =>
        writer.Enqueue(context => context.Positions.Set(group, partition, offset));
}
