using Workers.Engine.Follow;
using Workers.Handlers.Audit;
using Workers.Handlers.Feeds;
using Workers.Handlers.Metrics;
using Workers.Handlers.Projections;

namespace Workers.Host.Roles;

/// <summary>Follow what happened: read models and the list of commands; the audit trail; figures of commands; the public feeds.</summary>
internal static class FollowerRoles
{
    public static void AddProjections(IServiceCollection services) => Add(services.AddProjections(), ProjectionsModule.Group);

    public static void AddAudit(IServiceCollection services)
    {
        Add(services.AddAudit(), AuditModule.Group);
        services.AddHostedService<AuditRetention>();
    }

    public static void AddMetrics(IServiceCollection services)
    {
        Add(services.AddCommandMetrics(), MetricsModule.Group);
        services.AddHostedService<Snapshotting>();
    }

    public static void AddFeeds(IServiceCollection services) => Add(services.AddFeeds(), FeedsModule.Group);

    private static void Add(IServiceCollection services, string group) => services.AddSingleton<Func<IServiceProvider, Runner>>(_ => provider =>
    {
        var follower = provider.GetServices<Follower>().Single(f => f.Group.Name == group);
        return new Runner(group, follower.Start, follower.Stop, () => follower.IsReady, Owned: null, follower); // the container's
    });
}

/// <summary>Tells of the commands' figures each minute.</summary>
internal sealed class Snapshotting(Snapshots snapshots) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => snapshots.RunAsync(stoppingToken);
}
