using Workers.Engine.Log;

namespace Workers.Engine.Store;

/// <summary>Where groups stand whose positions are kept in one store.</summary>
public interface IPositionStore
{
    /// <summary>Positions of all groups of this store, for lists and lag.</summary>
    Task<IReadOnlyList<(string Group, PartitionId Partition, PositionRow Row)>> PositionsAsync(CancellationToken cancellation);

    /// <summary>
    /// Sets where the group reads on, by an operator's will; a halted partition goes on there. The turn moves too, so that whoever owns the partition writes
    /// nothing more of what it was at, and reads the position again. False where the group never took the partition in this store.
    /// </summary>
    Task<bool> SetPositionAsync(string group, PartitionId partition, long offset, CancellationToken cancellation);
}
