using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Handlers.Audit;
using Workers.Host.Configuration;

namespace Workers.Host.Roles;

/// <summary>
/// Deletes days of the audit trail that are older than <see cref="AuditOptions.RetentionDays"/>, at the start and every hour, where it is written. A run that fails is tried again
/// with the next.
/// </summary>
internal sealed class AuditRetention(IAuditStore store, ILog log, WorkersOptions options, TimeProvider clock, ILogger<AuditTrimmer> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Audit.RetentionDays == 0)
        {
            return;
        }

        var trimmer = new AuditTrimmer(store, log, options.Audit.RetentionDays, clock, logger);
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                await trimmer.TrimAsync(stoppingToken);
            }
            catch (Exception error) when (error is StoreUnavailableException or LogUnavailableException or FlushFailedException)
            {
                // Health says so.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
