using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Handlers.Projections;

namespace Workers.Host.Roles;

/// <summary>Cuts the lists of document 001 to their limits now and then, where they are written. One that fails is done with the next.</summary>
internal sealed class ListCutting(ListPruning lists, CqrsOptions options, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CleanupInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await lists.PruneAsync(stoppingToken);
            }
            catch (Exception error) when (error is StoreUnavailableException or FlushFailedException)
            {
                // Health says so.
            }
        }
    }
}
