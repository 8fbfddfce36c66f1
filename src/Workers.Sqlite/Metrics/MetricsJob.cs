using Workers.Engine.Metrics;
using Workers.Engine.Store;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite.Metrics;

/// <summary>Moves the positions, then adds the figures.</summary>
internal sealed class MetricsJob(IReadOnlyList<PositionMove> positions, MetricsBatch batch) : WriteJob<FlushResult>
{
    public override bool Run(WriteContext context)
    {
        if (!context.Positions.Move(positions))
        {
            Result = FlushResult.Moved;
            return false;
        }

        var table = context.Metrics;
        if (batch.ResetMs > 0)
        {
            table.Reset(batch.ResetMs);
        }

        foreach (var (grain, row) in batch.Rows(table.State().ResetMs))
        {
            table.Add(grain, row);
        }

        foreach (var (partition, shard) in batch.Seen)
        {
            table.Write(positions[0].Group, partition, shard);
        }

        Result = FlushResult.Committed;
        return true;
    }
}
