using System.Diagnostics.Metrics;
using Workers.Contracts;
using Workers.Engine.Store;

namespace Workers.Engine.Telemetry;

/// <summary>
/// How many partitions each group has, whether anybody serves them or not: with <c>workers.worker.active</c> it tells of partitions that nobody serves. The stores', the
/// same from every process that tells.
/// </summary>
public sealed class GroupGauges(IEnumerable<IPositionStore> stores, IStateStore state, EngineMeter meter) : IGauges
{
    private readonly IPositionStore[] _stores = [.. stores];
    private IReadOnlyList<Measurement<int>> _sample = [];

    public void Show() => meter.Gauge("workers.group.partitions", "{partition}", "Partitions that a group has read from", () => Volatile.Read(ref _sample));

    public async Task LookAsync(CancellationToken cancellation)
    {
        var groups = new Dictionary<string, int>();
        foreach (var store in _stores)
        {
            foreach (var (group, partition, _) in await store.PositionsAsync(cancellation).ConfigureAwait(false))
            {
                groups[group] = groups.GetValueOrDefault(group) + (Topics.All.Contains(partition.Topic) ? 1 : 0);
            }
        }

        Volatile.Write(ref _sample, [.. groups.Select(one => new Measurement<int>(one.Value, new("group", one.Key), EngineMeter.Installation(state)))]);
    }
}
