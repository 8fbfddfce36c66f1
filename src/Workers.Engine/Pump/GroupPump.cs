using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Workers.Engine.Health;
using Workers.Engine.Control;
using Workers.Engine.Log;
using Workers.Engine.Outbox;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Pump;

/// <summary>What a group reads and how it executes.</summary>
/// <param name="Executor">Makes the executor of one partition.</param>
/// <param name="Control">What concerns every worker; null where it does not concern this group.</param>
public sealed record PumpGroup(string Name, string Topic, int Threads, Func<PartitionId, IRecordExecutor> Executor, ControlFeed? Control = null);

/// <summary>
/// The pump threads of one group: each is a member of the group and serves the partitions that the log gives it, in turn. Woken by commits of the log and of its own
/// flushes, and when something of a partition falls due. A thread that fails takes its partitions anew.
/// </summary>
public sealed class GroupPump : IDisposable, IGroupStatus
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly string _group;
    private readonly string _topic;
    private readonly Func<PumpContext, PartitionCursor, IPumpPartition> _partition;
    private readonly ILog _log;
    private readonly IStateStore _store;
    private readonly PumpOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Action<Flush> _committed;
    private readonly string _worker;
    private readonly OutboxRelay? _relay;
    private readonly ControlFeed? _control;
    private readonly List<Thread> _threads = [];
    private readonly List<Signal> _wakes = [];
    private readonly ConcurrentDictionary<int, ServedPartitions> _served = new();
    private readonly CountdownEvent _ready;
    private volatile bool _stopping;

    public GroupPump(
        PumpGroup group, ILog log, IStateStore store, PumpOptions options, TimeProvider clock, ILogger logger, string worker, Action<Flush> committed,
        OutboxRelay? relay = null)
        : this(
            group.Name, group.Topic, group.Threads, (context, cursor) => new PartitionPump(context, cursor, group.Executor(cursor.Partition)),
            log, store, options, clock, logger, worker, committed, relay, group.Control)
    {
    }

    internal GroupPump(
        string group, string topic, int threads, Func<PumpContext, PartitionCursor, IPumpPartition> partition, ILog log, IStateStore store,
        PumpOptions options, TimeProvider clock, ILogger logger, string worker, Action<Flush> committed, OutboxRelay? relay, ControlFeed? control = null)
    {
        (_group, _topic, _partition, _log, _store) = (group, topic, partition, log, store);
        (_options, _clock, _logger, _worker, _committed, _relay, _control) = (options, clock, logger, worker, committed, relay, control);
        threads = Math.Clamp(threads, 1, log.Partitions(topic));
        _ready = new CountdownEvent(threads);
        for (var i = 0; i < threads; i++)
        {
            var member = new GroupMember(group, [topic], i, threads);
            var wake = new Signal();
            _wakes.Add(wake);
            _threads.Add(new Thread(() => Run(member, wake)) { IsBackground = true, Name = $"pump {group} {i}" });
        }
    }

    /// <summary>Set before the start; null counts nothing.</summary>
    public EngineMeter? Meter { get; init; }

    /// <summary>Set before the start; null shows nothing.</summary>
    public RecordSpans? Spans { get; init; }

    /// <summary>Told of what stands still; null where nobody wants to know.</summary>
    public HaltedPartitions? Halted { get; init; }

    /// <summary>Where records lay before the partitions grew; set before the start.</summary>
    public PartitionHistory History { get; init; } = PartitionHistory.None;

    public string Name => _group;

    public IReadOnlyList<string> Reads => [_topic];

    public IReadOnlyList<PartitionStatus> Status => [.. _served.Values.SelectMany(served => served.Status)];

    /// <summary>True once every thread has taken its partitions.</summary>
    public bool IsReady => _ready.IsSet;

    public void Start()
    {
        _control?.Changed += WakeAll;
        _threads.ForEach(t => t.Start());
    }

    /// <summary>Finishes the batches in hand, commits them and releases the partitions; false where that took longer than <paramref name="limit"/>.</summary>
    public bool Stop(TimeSpan limit)
    {
        _stopping = true;
        _control?.Changed -= WakeAll;
        WakeAll();
        var until = _clock.GetUtcNow() + limit;
        return _threads.TrueForAll(t => !t.IsAlive || t.Join(until - _clock.GetUtcNow() is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero));
    }

    public void Dispose()
    {
        _wakes.ForEach(w => w.Dispose());
        _ready.Dispose();
    }

    private void WakeAll() => _wakes.ForEach(w => w.Set());

    private void Run(GroupMember member, Signal wake)
    {
        var (told, outage) = (false, new Outage());
        void Ready() => told = told || _ready.Signal() || true;
        while (!_stopping)
        {
            try
            {
                Serve(member, wake, outage, Ready);
            }
#pragma warning disable CA1031 // The loop of a worker outlives any failure: what was in hand was not committed and starts again.
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogMessages.PumpFailed(_logger, outage.LevelOf(error, LogLevel.Error), _group, error);
                wake.Wait(LongestWait);
            }
        }
    }

    private void Serve(GroupMember member, Signal wake, Outage outage, Action ready)
    {
        using var stateReader = _store.OpenReader();
        using var logReader = _log.Join(member, wake);
        var context = new PumpContext(_group, _store, stateReader, wake, _options, _clock, _logger, _worker, _committed)
        {
            Relay = _relay,
            Meter = Meter,
            Spans = Spans,
            Outage = outage,
            Halted = Halted,
            Control = _control,
            Partitions = _log.Partitions(_topic),
            History = History,
        };
        using var served = new ServedPartitions(context, logReader, id => _partition(context, new PartitionCursor(id, 0)));
        _served[member.Index] = served;
        while (!(_stopping && served.Idle))
        {
            var worked = !_stopping && logReader.Fill(served.Cursors);
            worked |= served.Step(_stopping);
            if (served.IsReady)
            {
                ready();
            }

            if (!worked)
            {
                var due = TimeSpan.FromMilliseconds(Math.Clamp(served.NextDueMs - context.NowMs, 1, (long)LongestWait.TotalMilliseconds));
                wake.Wait(due);
            }
        }

        served.Release();
    }
}
