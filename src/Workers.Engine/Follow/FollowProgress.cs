using System.Collections.Concurrent;
using Workers.Engine.Log;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Follow;

/// <summary>What a follower has done, readable from any thread.</summary>
internal sealed class FollowProgress(string group, ILog log, IReadOnlyList<string> topics, TimeProvider clock)
{
    private readonly ConcurrentDictionary<PartitionId, PartitionStatus> _status = new();
    private long _applied;
    private long _skipped;

    public long Applied => Interlocked.Read(ref _applied);

    public long Skipped => Interlocked.Read(ref _skipped);

    public IReadOnlyList<PartitionStatus> Status => [.. _status.Values];

    public void Committed(int records) => Interlocked.Add(ref _applied, records);

    public void Skip() => Interlocked.Increment(ref _skipped);

    /// <summary>These are followed here, and no others.</summary>
    public void Taken(IReadOnlyList<FollowedPartition> partitions)
    {
        _status.Clear();
        Looked(partitions);
    }

    /// <summary>Everything before the partitions' offsets is written.</summary>
    public void Looked(IReadOnlyList<FollowedPartition> partitions)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var partition in partitions)
        {
            var oldest = partition.Cursor.Pending.TryPeek(out var next) ? next.TimestampMs : 0;
            _status[partition.Cursor.Partition] = new PartitionStatus(group, partition.Cursor.Partition, partition.Offset, oldest, 0, now);
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
                lag += _status.TryGetValue(new PartitionId(topic, number), out var status) ? Math.Max(0, ends[number] - status.Passed) : 0;
            }
        }

        return lag;
    }
}
