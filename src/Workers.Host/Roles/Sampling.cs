using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Host.Roles;

/// <summary>Looks at the gauges every few seconds.</summary>
internal sealed class Sampling(PlatformGauges gauges, IEnumerable<IGauges> others, Pumping pumping, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        gauges.Show(pumping.Groups);
        var looks = new List<Func<CancellationToken, Task>> { gauges.LookAsync };
        foreach (var other in others)
        {
            other.Show();
            looks.Add(other.LookAsync);
        }

        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            // Side by side: where one waits for a server that is silent, the others tell of it.
            await Task.WhenAll(looks.Select(look => LookAsync(look, stoppingToken)));
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static async Task LookAsync(Func<CancellationToken, Task> look, CancellationToken cancellation)
    {
        try
        {
            await Task.Run(() => look(cancellation), cancellation);
        }
        catch (Exception error) when (error is LogUnavailableException or StoreUnavailableException)
        {
            // Health says so; what was seen last stays until the next look.
        }
    }
}
