using Workers.Engine.Dispatch;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Outbox;
using Workers.Engine.Pump;
using Workers.Engine.Session;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Host.Roles;

/// <summary>A group's pump, made from what is in the container.</summary>
internal static class GroupRunner
{
    public static Runner Make(IServiceProvider services, PumpGroup group)
    {
        var store = services.GetRequiredService<IStateStore>();
        var clock = services.GetRequiredService<TimeProvider>();
        var pump = new GroupPump(
            group, services.GetRequiredService<ILog>(), store, services.GetRequiredService<PumpOptions>(), clock,
            services.GetRequiredService<ILogger<GroupPump>>(), WorkerName, services.GetRequiredService<FlushFeed>().Committed,
            services.GetService<OutboxRelay>())
        {
            Meter = services.GetRequiredService<EngineMeter>(),
            Spans = services.GetRequiredService<RecordSpans>(),
            Halted = services.GetRequiredService<HaltedPartitions>(),
            History = services.GetRequiredService<PartitionHistory>(),
        };
        return new Runner(group.Name, () => Start(pump, group, services.GetRequiredService<Receivers>(), store, clock), pump.Stop, () => pump.IsReady, pump, pump);
    }

    /// <summary>Names this process in dead letters.</summary>
    public static string WorkerName { get; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>The first dispatch costs a fifth of a second: it is not to fall on the first command.</summary>
    private static void Start(GroupPump pump, PumpGroup group, Receivers receivers, IStateStore store, TimeProvider clock)
    {
        using var reader = store.OpenReader();
        using var throwAway = new BatchSession(group.Name, new PartitionId(group.Topic, 0), reader, clock);
        receivers.WarmAsync(throwAway).GetAwaiter().GetResult();
        pump.Start();
    }
}
