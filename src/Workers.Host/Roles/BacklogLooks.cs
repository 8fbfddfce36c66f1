using Workers.Engine.Limits;

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
#pragma warning disable CA1031 // Health says what is away; what was seen last stays until the next look. A question to brokers that are away takes long, and others wait behind it.
            catch (Exception) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                await Task.Delay(AfterFailure, clock, stoppingToken);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
