using System.Reflection;
using Workers.Engine.Health;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Workers.Host.Configuration;

namespace Workers.Host.Roles;

/// <summary>Says every few seconds, in the store, that this process is there and what it does; and at its end that it stops.</summary>
internal sealed class Heartbeats(IWorkerStore store, Pumping pumping, WorkPulse pulse, WorkersOptions options, TimeProvider clock) : BackgroundService
{
    private const int MostTypes = 5;
    private const int MostKeys = 10;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastLimit = TimeSpan.FromSeconds(2);
    private static readonly string Version =
        typeof(Heartbeats).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private readonly long _startedMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
    private readonly IReadOnlyList<string> _roles = options.Roles.Contains(RoleNames.Everything) ? RoleNames.All : options.Roles;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            var health = await pumping.CheckAsync(stoppingToken);
            await BeatAsync(health.Status == HealthStatus.Healthy ? WorkerReport.Working : WorkerReport.Starting, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LastLimit);
        await BeatAsync(WorkerReport.Stopped, limit.Token);
    }

    private async Task BeatAsync(string state, CancellationToken cancellation)
    {
        try
        {
            await store.BeatAsync(GroupRunner.WorkerName, Report(state).ToBytes(), cancellation);
        }
        catch (Exception error) when (error is StoreUnavailableException or OperationCanceledException)
        {
            // Health says so; whoever looks sees how old the last one is.
        }
    }

    private WorkerReport Report(string state) => new(
        Environment.MachineName, Environment.ProcessId, Version, _roles, state, _startedMs, clock.GetUtcNow().ToUnixTimeMilliseconds(),
        state == WorkerReport.Stopped ? [] :
        [
            .. pumping.Groups.SelectMany(group => group.Status).OrderBy(one => one.Group, StringComparer.Ordinal)
                .ThenBy(one => one.Partition.Topic, StringComparer.Ordinal).ThenBy(one => one.Partition.Number)
                .Select(one => new ServedPartition(one.Group, one.Partition.Topic, one.Partition.Number, one.Passed, one.OldestMs, one.SetAside)),
        ],
        pulse.Slowest(MostTypes), pulse.Hottest(MostKeys));
}
