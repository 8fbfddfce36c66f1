using Workers.Engine.Log;
using Workers.Engine.Metrics;
using Workers.Engine.Store;
using Workers.MySql.Connections;
using Workers.MySql.State;

namespace Workers.MySql.Metrics;

/// <summary>How commands went, beside the state; the positions are its, so that figures and position are one transaction.</summary>
internal sealed class MySqlMetricsStore(Server server, Readers readers) : IMetricsStore, IDisposable
{
    private const int Step = 1_000;
    private readonly Lane _lane = new(new Session(server, writes: true), "mysql metrics");

    public Task<(PositionRow Row, IReadOnlyList<SeenShard> Seen)> TakeAsync(string group, PartitionId partition, long nowMs, CancellationToken cancellation) =>
        _lane.Enqueue(
            session => session.Transact(s =>
            {
                // The position first, as when figures are written.
                var row = PositionTable.Take(s, group, partition);
                MetricsTable.Begin(s, nowMs);
                return ((row, (IReadOnlyList<SeenShard>)OutboxTable.Seen(s, group, partition)), "");
            }),
            cancellation);

    public Task<FlushResult> ApplyAsync(IReadOnlyList<PositionMove> positions, MetricsBatch batch, CancellationToken cancellation) =>
        _lane.Enqueue(
            session => session.Transact(s => positions.All(move => PositionTable.Move(s, move, Flush.AnyControl)) ? Write(s, positions, batch) : (FlushResult.Moved, null)),
            CancellationToken.None);

    public ValueTask<MetricsState> StateAsync(CancellationToken cancellation) => ValueTask.FromResult(Read(MetricsTable.State));

    public ValueTask<IReadOnlyList<MetricsRow>> SinceResetAsync(CancellationToken cancellation)
    {
        var rows = Read(MetricsTable.Totals).ToLookup(row => row.Grain == (long)Grain.Total, row => row.Row);
        return ValueTask.FromResult(MetricsRows.Since([.. rows[true]], [.. rows[false]]));
    }

    public ValueTask<IReadOnlyList<MetricsRow>> RangeAsync(Grain grain, long from, long to, string? kind, string? type, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<MetricsRow>>(Read(session => MetricsTable.Range(session, grain, from, to, kind, type)));

    public Task ToldAsync(long minute, CancellationToken cancellation) => _lane.Enqueue(
        session => session.Transact(s =>
        {
            MetricsTable.Told(s, minute);
            return (true, "");
        }),
        cancellation);

    public Task<int> TrimAsync(long minutesBefore, long hoursBefore, CancellationToken cancellation) => _lane.Enqueue(
        session => session.Transact(s =>
        {
            MetricsTable.Hold(s);
            return (MetricsTable.Trim(s, Grain.Minute, minutesBefore, Step) + MetricsTable.Trim(s, Grain.Hour, hoursBefore, Step), "");
        }),
        cancellation);

    public void Dispose() => _lane.Dispose();

    private static (FlushResult Result, string? Last) Write(Session session, IReadOnlyList<PositionMove> positions, MetricsBatch batch)
    {
        if (batch.Ends.Count > 0 || batch.ResetMs > 0)
        {
            var resetMs = MetricsTable.Hold(session);
            if (batch.ResetMs > 0)
            {
                MetricsTable.Reset(session, batch.ResetMs);
            }

            MetricsTable.Add(session, batch.Rows(Math.Max(resetMs, batch.ResetMs)));
        }

        foreach (var seen in batch.Seen.GroupBy(one => one.Partition))
        {
            OutboxTable.Write(session, positions.First(move => move.Partition == seen.Key), [.. seen.Select(one => one.Shard)]);
        }

        return (FlushResult.Committed, "");
    }

    private T Read<T>(Func<Session, T> read)
    {
        var session = readers.Take();
        try
        {
            return readers.Ask(session, read);
        }
        finally
        {
            readers.Return(session);
        }
    }
}
