using Workers.Engine.Log;
using Workers.Engine.Metrics;
using Workers.Engine.Store;
using Workers.Tests.Follow;

namespace Workers.Tests.Metrics;

/// <summary>Figures in memory.</summary>
internal sealed class MemoryMetrics : IMetricsStore
{
    private readonly Dictionary<(Grain Grain, long At, string Type), MetricsRow> _rows = [];
    private MetricsState _state = new(0, 0, 0);

    public MemoryPositions Positions { get; } = new();

    public Dictionary<(PartitionId Partition, string Shard), long> Seen { get; } = [];

    public Task<(PositionRow Row, IReadOnlyList<SeenShard> Seen)> TakeAsync(string group, PartitionId partition, long nowMs, CancellationToken cancellation)
    {
        _state = _state.BeganMs == 0 ? _state with { BeganMs = nowMs } : _state;
        return Task.FromResult((
            Positions.Take(partition),
            (IReadOnlyList<SeenShard>)[.. Seen.Where(one => one.Key.Partition == partition).Select(one => new SeenShard(one.Key.Shard, one.Value))]));
    }

    public Task<FlushResult> ApplyAsync(IReadOnlyList<PositionMove> positions, MetricsBatch batch, CancellationToken cancellation) =>
        Task.FromResult(Positions.Commit(positions, () => Write(batch)));

    public ValueTask<MetricsState> StateAsync(CancellationToken cancellation) => new(_state);

    public ValueTask<IReadOnlyList<MetricsRow>> SinceResetAsync(CancellationToken cancellation) => new(MetricsRows.Since(Of(Grain.Total), Of(Grain.Baseline)));

    public ValueTask<IReadOnlyList<MetricsRow>> RangeAsync(Grain grain, long from, long to, string? kind, string? type, CancellationToken cancellation) =>
        new([.. Of(grain).Where(row => row.At >= from && row.At < to && (kind ?? row.Kind) == row.Kind && (type ?? row.Type) == row.Type)]);

    public Task ToldAsync(long minute, CancellationToken cancellation)
    {
        _state = _state with { ToldMinute = minute };
        return Task.CompletedTask;
    }

    public Task<int> TrimAsync(long minutesBefore, long hoursBefore, CancellationToken cancellation) => Task.FromResult(0);

    // Copies: what was answered is the caller's.
    private List<MetricsRow> Of(Grain grain) => [.. _rows.Where(row => row.Key.Grain == grain).Select(row => Copy(row.Value)).OrderBy(row => row.At)];

    private void Write(MetricsBatch batch)
    {
        if (batch.ResetMs > 0)
        {
            _state = _state with { ResetMs = Math.Max(_state.ResetMs, batch.ResetMs) };
            Of(Grain.Total).ForEach(row => _rows[(Grain.Baseline, 0, row.Type)] = row);
        }

        foreach (var (grain, added) in batch.Rows(_state.ResetMs))
        {
            if (_rows.TryGetValue((grain, added.At, added.Type), out var known))
            {
                added.Figures.Merge(known.Figures);
            }

            _rows[(grain, added.At, added.Type)] = added;
        }

        batch.Seen.ForEach(one => Seen[(one.Partition, one.Shard.Shard)] = one.Shard.Seq);
    }

    private static MetricsRow Copy(MetricsRow row)
    {
        var figures = new CommandFigures();
        figures.Merge(row.Figures);
        return row with { Figures = figures };
    }
}
