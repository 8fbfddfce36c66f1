using Microsoft.Extensions.Logging;
using Workers.Contracts;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Outbox;
using Workers.Engine.Pump;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Effects;

/// <summary>
/// Executes the effects of <see cref="Topics.Effects"/>: one thread moves records and rows, the calls run on the thread pool. Each effect's result is
/// one command, recorded in the transaction that removes the effect's row.
/// </summary>
public sealed class EffectsPump : IDisposable, IGroupStatus
{
    public const string Group = "effects";

    private readonly EffectCalls _calls;
    private readonly GroupPump _pump;

    public EffectsPump(
        IEnumerable<IEffectHandler> handlers, EffectOptions effects, ILog log, IStateStore store, PumpOptions options, TimeProvider clock, ILogger logger,
        string worker, Action<Flush> committed, OutboxRelay? relay = null, EngineMeter? meter = null, HaltedPartitions? halted = null,
        PartitionHistory? history = null, RecordSpans? spans = null)
    {
        _calls = new EffectCalls(handlers, effects.Concurrency, new EffectSurroundings(Group, worker, clock, logger, spans));
        _pump = new GroupPump(
            Group, Topics.Effects, threads: 1, (context, cursor) => new EffectPartition(context, cursor, _calls), log, store, options, clock, logger, worker,
            committed, relay)
        {
            Meter = meter,
            Halted = halted,
            History = history ?? PartitionHistory.None,
        };
    }

    public string Name => Group;

    public IReadOnlyList<string> Reads => _pump.Reads;

    public IReadOnlyList<PartitionStatus> Status => _pump.Status;

    /// <summary>True once the partitions are taken.</summary>
    public bool IsReady => _pump.IsReady;

    public void Start() => _pump.Start();

    /// <summary>
    /// Starts no more calls, waits for those under way and records their results; after four fifths of <paramref name="limit"/> they are told to end and
    /// run again after the next start, with the same idempotency keys. False where even that took longer.
    /// </summary>
    public bool Stop(TimeSpan limit)
    {
        if (_pump.Stop(limit * 0.8))
        {
            return true;
        }

        _calls.Abandon();
        return _pump.Stop(limit * 0.2);
    }

    public void Dispose()
    {
        _pump.Dispose();
        _calls.Dispose();
    }
}
