using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Metrics;

/// <summary>
/// How commands went, by type: per minute, per hour and altogether. SQLite embedded, MySQL in a cluster, where any number of processes write at once. Its suite
/// is <c>MetricsConformance</c>.
/// </summary>
public interface IMetricsStore
{
    /// <summary>As <see cref="IStateStore.TakeAsync"/>, with the highest seq of each shard that the group has taken there. The first ever notes when counting began.</summary>
    Task<(PositionRow Row, IReadOnlyList<SeenShard> Seen)> TakeAsync(string group, PartitionId partition, long nowMs, CancellationToken cancellation);

    /// <summary>
    /// One transaction: positions (compare-and-set, all or nothing), then the reset, then the figures as <see cref="MetricsBatch.Rows"/> has them after the last reset
    /// of any process, which no other may change before this transaction ends.
    /// </summary>
    Task<FlushResult> ApplyAsync(IReadOnlyList<PositionMove> positions, MetricsBatch batch, CancellationToken cancellation);

    ValueTask<MetricsState> StateAsync(CancellationToken cancellation);

    /// <summary>What was counted since the last reset, a row for each type that was ever counted; <see cref="MetricsRow.At"/> is 0.</summary>
    ValueTask<IReadOnlyList<MetricsRow>> SinceResetAsync(CancellationToken cancellation);

    /// <summary>Minutes or hours that begin in the range, in their order; those without a command are not there. Resets do not concern them.</summary>
    /// <param name="from">Seconds since 1970, inclusive; so <paramref name="to"/>, exclusive.</param>
    /// <param name="kind">Null for all.</param>
    /// <param name="type">Null for all.</param>
    ValueTask<IReadOnlyList<MetricsRow>> RangeAsync(Grain grain, long from, long to, string? kind, string? type, CancellationToken cancellation);

    /// <summary>The minutes up to this one (seconds since 1970) have been told of.</summary>
    Task ToldAsync(long minute, CancellationToken cancellation);

    /// <summary>Forgets minutes and hours that begin before these (seconds since 1970), at most 1,000 rows of each. The number of rows deleted.</summary>
    Task<int> TrimAsync(long minutesBefore, long hoursBefore, CancellationToken cancellation);
}

/// <summary>What a row sums up: its length in seconds, or all of it.</summary>
public enum Grain
{
    /// <summary>What had been counted when it was last reset.</summary>
    Baseline = -1,
    Total = 0,
    Minute = 60,
    Hour = 3_600,
}

/// <param name="At">Its beginning, seconds since 1970.</param>
public sealed record MetricsRow(string Type, string Kind, long At, CommandFigures Figures);

/// <param name="BeganMs">When counting began; 0: it has not.</param>
/// <param name="ResetMs">When it was last reset; 0: never.</param>
/// <param name="ToldMinute">The last minute that was told of, seconds since 1970; 0: none.</param>
public sealed record MetricsState(long BeganMs, long ResetMs, long ToldMinute)
{
    /// <summary>From when <see cref="IMetricsStore.SinceResetAsync"/> counts.</summary>
    public long SinceMs => Math.Max(BeganMs, ResetMs);
}
