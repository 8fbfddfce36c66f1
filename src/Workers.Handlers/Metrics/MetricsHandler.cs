using System.Globalization;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Follow;
using Workers.Engine.Log;
using Workers.Engine.Metrics;
using Workers.Engine.Store;

namespace Workers.Handlers.Metrics;

/// <summary>
/// Counts how commands end, by type and by the minute of their end. Each end is counted once: figures and position are one transaction, and what a relay has sent
/// twice is known by its seq. One that comes late is added to its own minute and hour. Tests: MetricsTests.
/// </summary>
internal sealed class MetricsHandler(IMetricsStore store, TimeProvider clock) : IFollowHandler
{
    // Names that are not in the catalog come from outside; so many at most are told apart.
    private const int ForeignTypes = 500;

    private readonly Dictionary<(PartitionId Partition, string Shard), long> _seen = [];
    private readonly Dictionary<(PartitionId Partition, string Shard), long> _seenNow = [];
    private readonly HashSet<string> _foreign = [];
    private readonly List<CommandEnd> _ends = [];
    private long _resetMs;

    public async Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation)
    {
        var (row, seen) = await store.TakeAsync(group, partition, clock.GetUtcNow().ToUnixTimeMilliseconds(), cancellation).ConfigureAwait(false);
        foreach (var gone in _seen.Keys.Where(key => key.Partition == partition).ToList())
        {
            _seen.Remove(gone);
        }

        foreach (var shard in seen)
        {
            _seen[(partition, shard.Shard)] = shard.Seq;
        }

        return row;
    }

    public void Add(LogRecord record)
    {
        var end = CommandEnds.Of(record);
        var resetMs = record.Headers.Get(HeaderName.Type) == nameof(MetricsReset) && !record.Headers.Has(HeaderName.Origin)
            ? ((MetricsReset)EventCatalog.Of<MetricsReset>().Read(record.Value.Span)).AtMs
            : 0;
        if (IsRepeat(record))
        {
            return;
        }

        _resetMs = Math.Max(_resetMs, resetMs);
        if (end is { } counted)
        {
            _ends.Add(counted with { Type = NameOf(counted) });
        }
    }

    public async Task<FlushResult> CommitAsync(IReadOnlyList<PositionMove> positions, CancellationToken cancellation)
    {
        var batch = new MetricsBatch { ResetMs = _resetMs };
        batch.Seen.AddRange(_seenNow.Select(one => (one.Key.Partition, new SeenShard(one.Key.Shard, one.Value))));
        batch.Ends.AddRange(_ends);
        var result = await store.ApplyAsync(positions, batch, cancellation).ConfigureAwait(false);
        if (result == FlushResult.Committed)
        {
            foreach (var (shard, seq) in _seenNow)
            {
                _seen[shard] = seq;
            }
        }

        Reset();
        return result;
    }

    // What was taken by this process before stays known: a partition that is taken anew brings what is stored of it.
    public void Reset()
    {
        _ends.Clear();
        _seenNow.Clear();
        _resetMs = 0;
    }

    private string NameOf(CommandEnd end) =>
        Contracts.Commands.CommandCatalog.Find(end.Type) is not null || _foreign.Contains(end.Type) || (_foreign.Count < ForeignTypes && _foreign.Add(end.Type))
            ? end.Type
            : "other";

    private bool IsRepeat(LogRecord record)
    {
        if (record.Headers.Get(HeaderName.Shard) is not { } shard
            || !long.TryParse(record.Headers.Get(HeaderName.Seq), NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
        {
            return false;
        }

        var key = (record.Where, shard);
        if (seq <= (_seenNow.TryGetValue(key, out var now) ? now : _seen.GetValueOrDefault(key)))
        {
            return true;
        }

        _seenNow[key] = seq;
        return false;
    }
}
