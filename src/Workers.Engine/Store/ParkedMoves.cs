using Workers.Contracts;
using Workers.Engine.Log;

namespace Workers.Engine.Store;

/// <summary>Where a parked row is, by its key.</summary>
public readonly record struct ParkedPlace(string Group, PartitionId Partition, long Order, string Key);

/// <summary>A parked row that goes to another partition.</summary>
public readonly record struct ParkedMove(ParkedPlace From, int Partition, long Order);

/// <summary>
/// Which parked rows go where when their topics have more partitions. All rows of a key go together, in their order, to numbers below all that are there: so none
/// meets another row, and none comes to stand behind what is parked there later, whose order is its offset. Tests: ParkedMovesTests.
/// </summary>
public static class ParkedMoves
{
    // Numbers just below zero mean something else where records are named by their place.
    private const long Free = -1_000;

    /// <param name="rows">All rows of the topics that grow.</param>
    /// <param name="partitions">How many these have then.</param>
    public static List<ParkedMove> Of(IReadOnlyCollection<ParkedPlace> rows, int partitions)
    {
        var lowest = new Dictionary<(string Group, PartitionId Partition), long>();
        foreach (var row in rows)
        {
            lowest[(row.Group, row.Partition)] = Math.Min(row.Order, lowest.GetValueOrDefault((row.Group, row.Partition), Free));
        }

        var moves = new List<ParkedMove>();
        foreach (var coming in rows.Where(row => PartitionOf(row, partitions) != row.Partition.Number)
            .GroupBy(row => (row.Group, Partition: row.Partition with { Number = PartitionOf(row, partitions) })))
        {
            var order = lowest.GetValueOrDefault(coming.Key, Free) - coming.Count();
            moves.AddRange(coming.OrderBy(row => row.Partition.Number).ThenBy(row => row.Order).Select(row => new ParkedMove(row, coming.Key.Partition.Number, order++)));
        }

        return moves;
    }

    // What cannot be read has no key, and stays.
    private static int PartitionOf(ParkedPlace row, int partitions) => row.Key.Length == 0 ? row.Partition.Number : Murmur2.Partition(row.Key, partitions);
}
