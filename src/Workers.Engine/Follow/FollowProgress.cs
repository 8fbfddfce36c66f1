using System.Collections.Concurrent;
using Workers.Engine.Log;

namespace Workers.Engine.Follow;

/// <summary>What a follower has done, readable from any thread.</summary>
internal sealed class FollowProgress(ILog log, IReadOnlyList<string> topics)
{
    private readonly ConcurrentDictionary<PartitionId, long> _offsets = new();
    private long _applied;
    private long _skipped;

    public long Applied => Interlocked.Read(ref _applied);

    public long Skipped => Interlocked.Read(ref _skipped);

    public void Committed(int records) => Interlocked.Add(ref _applied, records);

    public void Skip() => Interlocked.Increment(ref _skipped);

    /// <summary>These are followed here, and no others.</summary>
    public void Taken(IReadOnlyList<FollowedPartition> partitions)
    {
        _offsets.Clear();
        Looked(partitions);
    }

    /// <summary>Everything before the partitions' offsets is written.</summary>
    public void Looked(IReadOnlyList<FollowedPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            _offsets[partition.Cursor.Partition] = partition.Offset;
        }
    }

    public async ValueTask<long> LagAsync(CancellationToken cancellation)
    {
        var lag = 0L;
        foreach (var topic in topics)
        {
            var ends = await log.EndsAsync(topic, cancellation).ConfigureAwait(false);
            for (var number = 0; number < ends.Count; number++)
            {
                lag += _offsets.TryGetValue(new PartitionId(topic, number), out var offset) ? Math.Max(0, ends[number] - offset) : 0;
            }
        }

        return lag;
    }
}
