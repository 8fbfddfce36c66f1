using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Workers.Engine.Log;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Health;

/// <summary>Partitions that stand still in this process, because the log has nothing at the stored position: until somebody sets it.</summary>
public sealed class HaltedPartitions : IHealth, IDisposable
{
    private readonly Meter _meter = new(EngineMeter.Name);
    private readonly UpDownCounter<int> _halted;
    private readonly ConcurrentDictionary<(string Group, PartitionId Partition), string> _reasons = new();
    private readonly ConcurrentDictionary<(string Group, string Topic), bool> _shown = new();

    public HaltedPartitions() => _halted = _meter.CreateUpDownCounter<int>("workers.partition.halted", "{partition}", "Partitions that stand still");

    public string Name => "positions";

    public bool IsRequired => false;

    /// <param name="group">Who reads.</param>
    /// <param name="partition">What it reads.</param>
    /// <param name="reason">Why it stands still; null: it does not, or is not this process's any more.</param>
    /// <returns>True where that is news.</returns>
    public bool Tell(string group, PartitionId partition, string? reason)
    {
        if (_shown.TryAdd((group, partition.Topic), true))
        {
            // Zero until something stands still, rather than no figure.
            Count(0, group, partition);
        }

        var news = reason is null ? _reasons.TryRemove((group, partition), out _) : _reasons.TryAdd((group, partition), Sentence(group, partition, reason));
        if (news)
        {
            Count(reason is null ? -1 : 1, group, partition);
        }

        return news;
    }

    public ValueTask<HealthReport> CheckAsync(CancellationToken cancellation) => ValueTask.FromResult(
        _reasons.IsEmpty ? HealthReport.Healthy : new HealthReport(HealthStatus.Degraded, string.Join(" ", _reasons.Values.Order(StringComparer.Ordinal))));

    public void Dispose() => _meter.Dispose();

    private void Count(int more, string group, PartitionId partition) =>
        _halted.Add(more, new KeyValuePair<string, object?>("group", group), new KeyValuePair<string, object?>("topic", partition.Topic));

    /// <summary>Cause, state, remedy.</summary>
    public static string Sentence(string group, PartitionId partition, string reason) =>
        $"{reason}. {group} stands still at {partition} and skips nothing; let it go on with "
        + $"'Workers.Host positions set {group} {partition.Topic} {partition.Number} OFFSET --reason …'.";
}
