using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Workers.Contracts;
using Workers.Engine.Follow;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Metrics;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Handlers.Metrics;

public static class MetricsModule
{
    /// <summary>Name of the group in positions.</summary>
    public const string Group = "metrics";

    /// <summary>
    /// Adds a <see cref="Follower"/> that counts how commands end, which the host starts and stops, and <see cref="Snapshots"/>, which the host runs.
    /// <see cref="FeedOptions"/> and <see cref="MetricsOptions"/> that are registered before are used.
    /// </summary>
    public static IServiceCollection AddCommandMetrics(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new FeedOptions());
        services.TryAddSingleton(new MetricsOptions());
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<Snapshots>(
            provider, provider.GetServices<Follower>().Single(follower => follower.Group.Name == Group)));
        return services.AddSingleton(provider => new Follower(
            new FollowGroup(
                Group, [Topics.Events], new MetricsHandler(provider.GetRequiredService<IMetricsStore>(), provider.GetRequiredService<TimeProvider>())),
            provider.GetRequiredService<ILog>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Follower>>(),
            halted: provider.GetService<HaltedPartitions>(), history: provider.GetService<PartitionHistory>(), positions: provider.GetServices<IPositionStore>())
        {
            Spans = provider.GetService<RecordSpans>(),
        });
    }
}
