using Workers.Engine.Control;
using Workers.Engine.Health;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Host.Roles;

/// <summary>Something with threads of its own that a role runs.</summary>
/// <param name="Start">Starts its threads.</param>
/// <param name="Stop">Finishes what is in hand; false where that took longer than the time given.</param>
/// <param name="IsReady">It has taken its partitions.</param>
/// <param name="Status">How far it has come.</param>
internal sealed record Runner(string Name, Action Start, Func<TimeSpan, bool> Stop, Func<bool> IsReady, IDisposable? Owned, IGroupStatus Status);

/// <summary>Starts what the roles run when the host starts, and stops it, batches finished, when the host stops.</summary>
internal sealed class Pumping(IServiceProvider services, IEnumerable<Func<IServiceProvider, Runner>> makers) : IHostedService, IHealth, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly List<Runner> _runners = [];
    private volatile bool _started;

    public string Name => "pumps";

    public bool IsRequired => true;

    /// <summary>What runs here, once it was started.</summary>
    public IReadOnlyList<IGroupStatus> Groups => [.. _runners.Select(r => r.Status)];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredService<ControlFeed>().Start();
        _runners.AddRange(makers.Select(make => make(services)));
        _runners.ForEach(r => r.Start());
        _started = true;
        return Task.CompletedTask;
    }

    /// <summary>All at once: each waits for its own batches only.</summary>
    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_runners.Select(r => Task.Factory.StartNew(
            () => r.Stop(Limit), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

    public ValueTask<HealthReport> CheckAsync(CancellationToken cancellation)
    {
        var waiting = _runners.Where(r => !r.IsReady()).Select(r => r.Name).ToList();
        return ValueTask.FromResult(!_started ? new HealthReport(HealthStatus.Unhealthy, "starting")
            : waiting.Count == 0 ? HealthReport.Healthy
            : new HealthReport(HealthStatus.Unhealthy, $"{string.Join(", ", waiting)} still starting"));
    }

    /// <summary>Called once for each service it is registered as, and without a stop before it where the start failed.</summary>
    public void Dispose()
    {
        foreach (var runner in _runners.Where(r => r.Owned is not null && r.Stop(Limit)))
        {
            runner.Owned!.Dispose();
        }

        _runners.Clear();
    }
}

/// <summary>Whoever wants to know what was committed in this process.</summary>
internal sealed class FlushFeed
{
    private event Action<Flush>? Listeners;

    public void Listen(Action<Flush> listener) => Listeners += listener;

    public void Committed(Flush flush) => Listeners?.Invoke(flush);
}
