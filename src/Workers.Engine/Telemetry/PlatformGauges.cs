using System.Diagnostics.Metrics;
using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Outbox;
using Workers.Engine.Store;

namespace Workers.Engine.Telemetry;

/// <summary>
/// What is looked up every few seconds and shown until the next look: how far the groups of this process are behind, what waits, what was set aside. Of a partition
/// only its owner tells, so that the processes' figures add up; dead letters are the store's, the same from every process.
/// </summary>
public sealed class PlatformGauges(ILog log, IStateStore store, TimeProvider clock, EngineMeter meter, OutboxRelay? relay)
{
    private readonly HashSet<(string Group, PartitionId Partition)> _shown = [];
    private IReadOnlyList<IGroupStatus> _groups = [];
    private Sample _sample = new([], 0);

    /// <summary>Shows the gauges of these groups from now on.</summary>
    public void Show(IReadOnlyList<IGroupStatus> groups)
    {
        _groups = groups;
        meter.Gauge("workers.consumer.lag", "{record}", "Offsets between the end of a partition and what its group has committed", () => Each(lag => lag.Records));
        meter.Gauge("workers.consumer.lag.time", "s", "Age of the oldest record that a group has read and not committed", () => Each(lag => lag.Seconds));
        meter.Gauge("workers.keys.parked", "{key}", "Keys whose records wait for another attempt; of effects the calls under way", () => Each(lag => (long)lag.SetAside));
        meter.Gauge("workers.queue.depth", "{command}", "Commands that wait to be executed here", () => Queue(lags => lags.Sum(lag => lag.Records)));
        meter.Gauge("workers.queue.oldest.age", "s", "Age of the command that waits longest here", () => Queue(lags => lags.Max(lag => lag.Seconds)));
        meter.Gauge("workers.dead_letters", "{record}", "Records that were set aside and are neither replayed nor discarded", () => One(_sample.DeadLetters));
        meter.Gauge("workers.outbox.pending", "{record}", "Records that are committed and not yet acknowledged by the log", () => One((long)(relay?.Waiting ?? 0)));
        meter.Gauge("workers.worker.active", "{partition}", "Partitions that this process serves", Served);
    }

    /// <summary>Looks anew.</summary>
    /// <exception cref="LogUnavailableException">The log cannot say how long it is; what was shown stays.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be read; what was shown stays.</exception>
    public async Task LookAsync(CancellationToken cancellation)
    {
        var status = _groups.SelectMany(group => group.Status).ToList();
        var ends = new Dictionary<string, IReadOnlyList<long>>();
        foreach (var topic in status.Select(one => one.Partition.Topic).Distinct())
        {
            ends.Add(topic, await log.EndsAsync(topic, cancellation));
        }

        using var reader = store.OpenReader();
        Volatile.Write(ref _sample, new Sample([.. status.Select(one => LagOf(one, ends[one.Partition.Topic])), .. Gone(status)], reader.CountDeadLetters()));
    }

    // What was shown once is shown until this process ends: of a partition that another has taken nothing waits here.
    private IEnumerable<Lag> Gone(List<PartitionStatus> status)
    {
        _shown.UnionWith(status.Select(one => (one.Group, one.Partition)));
        return _shown.Except(status.Select(one => (one.Group, one.Partition))).Select(one => new Lag(one.Group, one.Partition, 0, 0, 0) { IsServed = false }).ToList();
    }

    private Lag LagOf(PartitionStatus status, IReadOnlyList<long> ends)
    {
        var end = status.Partition.Number < ends.Count ? ends[status.Partition.Number] : 0;
        var behind = Math.Max(0, end - status.Passed);

        // Of what was not even read the age is not known: it is at least as old as the oldest that was.
        var age = behind == 0 || status.OldestMs == 0 ? 0 : Math.Max(0, clock.GetUtcNow().ToUnixTimeMilliseconds() - status.OldestMs) / 1_000.0;
        return new Lag(status.Group, status.Partition, behind, age, status.SetAside);
    }

    private IEnumerable<Measurement<T>> Each<T>(Func<Lag, T> figure)
        where T : struct => Volatile.Read(ref _sample).Lags.Select(lag => new Measurement<T>(figure(lag), EngineMeter.Labels(lag.Group, lag.Partition)));

    private IEnumerable<Measurement<T>> Queue<T>(Func<IReadOnlyCollection<Lag>, T> figure)
        where T : struct
    {
        var lags = Volatile.Read(ref _sample).Lags.Where(lag => lag.Partition.Topic == Topics.Commands && lag.Group == "commands").ToList();
        return lags.Count == 0 ? [] : [new Measurement<T>(figure(lags))];
    }

    private static IEnumerable<Measurement<T>> One<T>(T value)
        where T : struct => [new Measurement<T>(value)];

    private IEnumerable<Measurement<long>> Served()
    {
        var served = Volatile.Read(ref _sample).Lags.Where(lag => lag.IsServed).CountBy(lag => lag.Group).ToDictionary();
        return _groups.Select(group => group.Name).Distinct().Select(
            name => new Measurement<long>(served.GetValueOrDefault(name), new("group", name), EngineMeter.Installation(store)));
    }

    private sealed record Lag(string Group, PartitionId Partition, long Records, double Seconds, int SetAside)
    {
        public bool IsServed { get; init; } = true;
    }

    private sealed record Sample(IReadOnlyList<Lag> Lags, long DeadLetters);
}
