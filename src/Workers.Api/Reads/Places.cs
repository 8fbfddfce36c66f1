using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Api.Reads;

/// <summary>Where a group stands in a partition.</summary>
/// <param name="LagSeconds">How old the oldest record is that waits; null where nobody knows.</param>
/// <param name="Owner">The worker that serves it; null where none does.</param>
/// <param name="SetAside">Keys whose records wait for another attempt; of effects the calls under way.</param>
internal sealed record Place(string Group, PartitionId Partition, long Position, long End, bool Halted, decimal? LagSeconds, string? Owner, int SetAside)
{
    // Offsets need not be gapless, so that this is an upper bound; 0 means all was read.
    public long Lag => Math.Max(0, End - Position);
}

/// <summary>Puts together what the stores say of positions, the log of its ends, and the workers of what they have in hand.</summary>
internal sealed class Places(ILog log, IEnumerable<IPositionStore> stores, IWorkerStore workers, TimeProvider clock)
{
    public async Task<IReadOnlyList<Place>> AllAsync(CancellationToken cancellation) => await AllAsync(Living(await workers.ListAsync(cancellation)), cancellation);

    /// <param name="living">Those that are at work, with their ids.</param>
    public async Task<IReadOnlyList<Place>> AllAsync(IReadOnlyList<(string Id, WorkerReport Report)> living, CancellationToken cancellation)
    {
        var positions = new List<(string Group, PartitionId Partition, PositionRow Row)>();
        foreach (var store in stores)
        {
            positions.AddRange((await store.PositionsAsync(cancellation)).Where(position => Topics.All.Contains(position.Partition.Topic)));
        }

        var ends = new Dictionary<string, IReadOnlyList<long>>();
        foreach (var topic in positions.Select(position => position.Partition.Topic).Distinct())
        {
            ends.Add(topic, await log.EndsAsync(topic, cancellation));
        }

        var owned = new Dictionary<(string Group, PartitionId Partition), (string Id, ServedPartition Served)>();
        foreach (var (id, report) in living)
        {
            foreach (var served in report.Partitions)
            {
                owned[(served.Group, served.Partition)] = (id, served);
            }
        }

        var found = new List<Place>();
        foreach (var (group, partition, row) in positions.OrderBy(p => p.Group, StringComparer.Ordinal)
            .ThenBy(p => p.Partition.Topic, StringComparer.Ordinal).ThenBy(p => p.Partition.Number))
        {
            (string Id, ServedPartition Served)? owner = owned.TryGetValue((group, partition), out var known) ? known : null;

            // What holds nothing for a group is behind it, although no position is stored for that.
            var at = row.IsHalted ? row.Offset : Math.Max(row.Offset, owner?.Served.Passed ?? 0);
            var end = ends[partition.Topic].ElementAtOrDefault(partition.Number);
            var place = new Place(group, partition, row.Offset, row.IsHalted ? end : Math.Max(row.Offset, at >= end ? row.Offset : end), row.IsHalted, null, owner?.Id, owner?.Served.SetAside ?? 0);
            found.Add(place with { LagSeconds = await AgeAsync(place, owner?.Served.OldestMs ?? 0, cancellation) });
        }

        return found;
    }

    /// <summary>Those that have been heard of lately and have not said that they stop.</summary>
    public static IReadOnlyList<(string Id, WorkerReport Report)> Living(IReadOnlyList<WorkerRow> rows) =>
    [
        .. rows.Where(row => row.AgeMs <= WorkerReport.GoneAfter.TotalMilliseconds).Select(row => (row.Id, Report: WorkerReport.Read(row)!))
            .Where(one => one.Report is { State: not WorkerReport.Stopped }),
    ];

    // What its owner has read is known to it; of what nobody has read the log is asked.
    private async Task<decimal?> AgeAsync(Place place, long oldestMs, CancellationToken cancellation)
    {
        if (place.Lag == 0)
        {
            return 0;
        }

        if (oldestMs == 0 && !place.Halted)
        {
            oldestMs = (await log.ReadAsync(place.Partition, place.Position, cancellation))?.TimestampMs ?? 0;
        }

        return oldestMs == 0 ? null : Math.Max(0, Math.Round((clock.GetUtcNow().ToUnixTimeMilliseconds() - oldestMs) / 1_000m, 3));
    }
}
