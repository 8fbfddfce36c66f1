using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Workers.Contracts;
using Workers.Engine.Control;
using Workers.Engine.Follow;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Workers.Engine.Waiting;
using Workers.Handlers.Projections;

namespace Workers.Handlers.Feeds;

public static class FeedsModule
{
    /// <summary>Name of the group in positions.</summary>
    public const string Group = "feeds";

    /// <summary>
    /// Adds a <see cref="Follower"/> for the public topics, which the host starts and stops. <see cref="FeedOptions"/>, <see cref="ApiOptions"/> and a
    /// <see cref="SensitiveMask"/> that are registered before are used.
    /// </summary>
    public static IServiceCollection AddFeeds(this IServiceCollection services)
    {
        services.TryAddSingleton(new SensitiveMask(SensitiveMask.DefaultNames));
        services.TryAddSingleton(new FeedOptions());
        services.TryAddSingleton(new ApiOptions());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new StateReaders(provider.GetRequiredService<IStateStore>()));
        services.AddSingleton<FeedCommands>();
        services.AddSingleton<IFeedSink>(provider => provider.GetService<IRelayLog>() is { } log
            ? new RelaySink(log, provider.GetRequiredService<IStateStore>())
            : new StoreSink(provider.GetRequiredService<IStateStore>()));

        // All that waits is one batch: so a command is told of before its end where both wait, whatever their partitions.
        return services.AddSingleton(provider => new Follower(
            new FollowGroup(Group, [Topics.Commands, Topics.Events], Handler(provider)), provider.GetRequiredService<ILog>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Follower>>(), new FollowOptions { BatchRecords = 100_000 },
            halted: provider.GetService<HaltedPartitions>(), history: provider.GetService<PartitionHistory>(), positions: provider.GetServices<IPositionStore>())
        {
            Spans = provider.GetService<RecordSpans>(),
        });
    }

    private static FeedHandler Handler(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<FeedOptions>();
        var readers = provider.GetRequiredService<StateReaders>();
        var mask = provider.GetRequiredService<SensitiveMask>();
        var writer = new FeedWriter(
            options, provider.GetRequiredService<ApiOptions>().Wait, new FeedEntities(readers, mask), provider.GetRequiredService<FeedCommands>(), readers, mask,
            new Completions(provider.GetRequiredService<ControlFeed>()));
        return new FeedHandler(options, writer, provider.GetRequiredService<IStateStore>(), provider.GetRequiredService<IFeedSink>());
    }
}
