using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Host.Roles;

/// <summary>Looks at the gauges every few seconds.</summary>
internal sealed class Sampling(PlatformGauges gauges, Pumping pumping, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        gauges.Show(pumping.Groups);
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                await gauges.LookAsync(stoppingToken);
            }
            catch (Exception error) when (error is LogUnavailableException or StoreUnavailableException)
            {
                // Health says so; what was seen last stays until the next look.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
