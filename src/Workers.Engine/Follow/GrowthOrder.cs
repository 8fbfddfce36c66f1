using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Follow;

/// <summary>
/// Since the partitions of a topic grew, later records of a key may lie in another partition than earlier ones: what came after a growth is followed when what came before
/// is written, wherever it is followed. No batch has both, since what is made of a batch is told partition by partition. Where nothing ever grew, or all of that is passed,
/// it costs a comparison. Tests: FollowGrowthTests.
/// </summary>
internal sealed class GrowthOrder(string group, IReadOnlyList<FollowedPartition> partitions, PartitionHistory history, ILog log, IEnumerable<IPositionStore> stores)
{
    private readonly Dictionary<string, int> _reached = [];

    /// <summary>Whether the partition's next record may be taken.</summary>
    public bool MayTake(FollowedPartition partition)
    {
        var growths = history.Growths;
        if (growths.Count == 0)
        {
            return true;
        }

        var (topic, era) = (partition.Cursor.Partition.Topic, history.EraOf(partition.Cursor.Partition, partition.Offset));
        var reached = _reached.GetValueOrDefault(topic);
        while (reached < era && IsPassed(growths[reached], topic))
        {
            _reached[topic] = ++reached;
        }

        return era <= reached;
    }

    private bool IsPassed(Growth growth, string topic)
    {
        if (!growth.Ends.TryGetValue(topic, out var ends))
        {
            return true;
        }

        var behind = Enumerable.Range(0, ends.Count).Select(n => new PartitionId(topic, n))
            .Where(id => ends[id.Number] > 0 && (Owned(id) is not { } owned || owned.Passed < ends[id.Number])).ToList();
        return behind.Count == 0 || (behind.TrueForAll(id => Owned(id) is not { } owned || IsThrough(owned)) && ArePassed(behind, ends));
    }

    // By another process; or the log ends before, since the topic was made anew, and nothing more will come.
    private bool ArePassed(List<PartitionId> behind, IReadOnlyList<long> ends)
    {
        var stored = new Dictionary<PartitionId, long>();
        foreach (var store in stores)
        {
            foreach (var (its, partition, row) in store.PositionsAsync(CancellationToken.None).GetAwaiter().GetResult())
            {
                if (its == group)
                {
                    stored[partition] = row.Offset;
                }
            }
        }

        var now = log.EndsAsync(behind[0].Topic, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return behind.TrueForAll(id => (Owned(id)?.Passed ?? stored.GetValueOrDefault(id)) >= Math.Min(ends[id.Number], now.ElementAtOrDefault(id.Number)));
    }

    // Nothing of it waits, neither to be taken nor in the batch in hand.
    private static bool IsThrough(FollowedPartition owned) => owned.Cursor.Pending.Count == 0 && owned.Passed == owned.Offset;

    private FollowedPartition? Owned(PartitionId id) => partitions.FirstOrDefault(p => p.Cursor.Partition == id);
}
