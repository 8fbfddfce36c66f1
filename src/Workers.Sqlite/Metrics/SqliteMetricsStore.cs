using Workers.Engine.Log;
using Workers.Engine.Metrics;
using Workers.Engine.Store;
using Workers.Sqlite.Native;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite.Metrics;

/// <summary>How commands went, in the file of what is made of the log.</summary>
internal sealed class SqliteMetricsStore(Writer writer, Readers readers) : IMetricsStore
{
    private const int Step = 1_000;

    public Task<(PositionRow Row, IReadOnlyList<SeenShard> Seen)> TakeAsync(string group, PartitionId partition, long nowMs, CancellationToken cancellation) =>
        writer.Enqueue(context =>
        {
            context.Metrics.Begin(nowMs);
            return (context.Positions.Take(group, partition), (IReadOnlyList<SeenShard>)context.Metrics.Seen(group, partition));
        });

    public Task<FlushResult> ApplyAsync(IReadOnlyList<PositionMove> positions, MetricsBatch batch, CancellationToken cancellation) =>
        writer.Enqueue(new MetricsJob(positions, batch));

    public ValueTask<MetricsState> StateAsync(CancellationToken cancellation) =>
        ValueTask.FromResult(readers.Read(connection => new MetricsTable(connection).State()));

    public ValueTask<IReadOnlyList<MetricsRow>> SinceResetAsync(CancellationToken cancellation) =>
        ValueTask.FromResult(readers.Read(connection => connection.Together(() =>
        {
            var table = new MetricsTable(connection);
            return MetricsRows.Since(table.Of(Grain.Total), table.Of(Grain.Baseline));
        })));

    public ValueTask<IReadOnlyList<MetricsRow>> RangeAsync(Grain grain, long from, long to, string? kind, string? type, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<MetricsRow>>(readers.Read(connection => new MetricsTable(connection).Range(grain, from, to, kind, type)));

    public Task ToldAsync(long minute, CancellationToken cancellation) => writer.Enqueue(context =>
    {
        context.Metrics.Told(minute);
        return true;
    });

    public Task<int> TrimAsync(long minutesBefore, long hoursBefore, CancellationToken cancellation) => writer.Enqueue(context =>
        context.Metrics.Trim(Grain.Minute, minutesBefore, Step) + context.Metrics.Trim(Grain.Hour, hoursBefore, Step));
}
