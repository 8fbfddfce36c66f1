using Workers.Engine.Limits;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Host.Roles;

/// <summary>Looks once a second how much waits in the log, for the door.</summary>
internal sealed class BacklogLooks(Backlog backlog, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                await Task.Run(() => backlog.LookAsync(stoppingToken), stoppingToken);
            }
            catch (Exception error) when (error is LogUnavailableException or StoreUnavailableException)
            {
                // Health says so; what was seen last stays until the next look. A question to brokers that are away takes long, and others wait behind it.
                await Task.Delay(AfterFailure, clock, stoppingToken);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
