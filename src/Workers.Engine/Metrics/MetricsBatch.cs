using System.Runtime.InteropServices;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Metrics;

/// <summary>Figures to add.</summary>
public sealed class MetricsBatch
{
    /// <summary>In any order.</summary>
    public List<CommandEnd> Ends { get; } = [];

    /// <summary>A reset at this time, milliseconds since 1970: what was counted before this batch is left behind, and of the batch what ended by then. 0: none.</summary>
    public long ResetMs { get; set; }

    public List<(PartitionId Partition, SeenShard Shard)> Seen { get; } = [];

    /// <summary>What is to be added, each row once: minutes, hours and totals; of what had ended by the last reset and comes late, the baseline hears too.</summary>
    /// <param name="resetMs">The last reset, this batch's included.</param>
    public IReadOnlyList<(Grain Grain, MetricsRow Row)> Rows(long resetMs)
    {
        var rows = new Dictionary<(Grain Grain, long At, string Type), MetricsRow>();
        foreach (var end in Ends)
        {
            var minute = end.EndedMs / 60_000 * 60;
            Add(Grain.Minute, minute, end);
            Add(Grain.Hour, minute - (minute % (long)Grain.Hour), end);
            Add(Grain.Total, 0, end);
            if (end.EndedMs <= resetMs)
            {
                Add(Grain.Baseline, 0, end);
            }
        }

        return [.. rows.Select(row => (row.Key.Grain, row.Value))];

        void Add(Grain grain, long at, CommandEnd end)
        {
            ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(rows, (grain, at, end.Type), out _);
            row ??= new MetricsRow(end.Type, end.Kind, at, new CommandFigures());
            row.Figures.Add(end);
        }
    }
}
