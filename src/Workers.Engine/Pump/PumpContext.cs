using Microsoft.Extensions.Logging;
using Workers.Engine.Control;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Outbox;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Pump;

/// <summary>What the partitions of one pump thread share.</summary>
/// <param name="Committed">Told of each flush after its commit, on the pump's thread.</param>
public sealed record PumpContext(
    string Group, IStateStore Store, IStateReader Reader, Signal Wake, PumpOptions Options, TimeProvider Clock, ILogger Log, string Worker,
    Action<Flush> Committed)
{
    /// <summary>Sends what flushes send; null where a flush appends to the log itself.</summary>
    public OutboxRelay? Relay { get; init; }

    /// <summary>Counts and times; null where nobody wants to know.</summary>
    public EngineMeter? Meter { get; init; }

    /// <summary>Shows attempts; null where nobody wants to know.</summary>
    public RecordSpans? Spans { get; init; }

    /// <summary>Told of what stands still; null where nobody wants to know.</summary>
    public HaltedPartitions? Halted { get; init; }

    /// <summary>Of the thread: what fails with every partition and every attempt is told once.</summary>
    public Outage Outage { get; init; } = new();

    /// <summary>Of the group's topic.</summary>
    public int Partitions { get; init; }

    /// <summary>Where records lay before the partitions grew.</summary>
    public PartitionHistory History { get; init; } = PartitionHistory.None;

    /// <summary>What concerns every worker; null for groups that it does not concern.</summary>
    public ControlFeed? Control { get; init; }

    public long NowMs => Clock.GetUtcNow().ToUnixTimeMilliseconds();
}
