using Workers.Engine.Log;
using Workers.Engine.Outbox;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Host.Growing;

/// <summary>What the pumps of this process have not come past yet.</summary>
/// <param name="Records">Offsets before the ends of the log, and batches of the outbox.</param>
/// <param name="Where">Who is behind, and where; for people.</param>
/// <param name="Ends">Of each topic that they read.</param>
internal sealed record Backlog(long Records, IReadOnlyList<string> Where, IReadOnlyDictionary<string, IReadOnlyList<long>> Ends)
{
    /// <summary>Looks in the order in which records move on, so that none is missed on its way.</summary>
    public static async Task<Backlog> LookAsync(IReadOnlyList<IGroupStatus> groups, OutboxRelay? relay, IPartitionGrowth store, ILog log, CancellationToken cancellation)
    {
        var passed = groups.SelectMany(group => group.Status).ToDictionary(status => (status.Group, status.Partition), status => status.Passed);
        var records = Math.Max(relay?.Waiting ?? 0, await store.OutboxAsync(cancellation));
        var where = new List<string>();
        if (records > 0)
        {
            where.Add("records wait to be sent to the log");
        }

        var all = new Dictionary<string, IReadOnlyList<long>>();
        foreach (var (group, topic) in groups.SelectMany(group => group.Reads.Select(topic => (group.Name, topic))))
        {
            var ends = all[topic] = await log.EndsAsync(topic, cancellation);
            for (var number = 0; number < ends.Count; number++)
            {
                var partition = new PartitionId(topic, number);
                if (!passed.TryGetValue((group, partition), out var at))
                {
                    records++;
                    where.Add($"{group} has not taken {partition}");
                }
                else if (at < ends[number])
                {
                    records += ends[number] - at;
                    where.Add($"{group} is at {at} of {ends[number]} in {partition}");
                }
            }
        }

        return new Backlog(records, where, all);
    }
}
