using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Workers.Contracts;
using Workers.Engine.Follow;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Workers.Engine.Waiting;

namespace Workers.Handlers.Projections;

public static class ProjectionsModule
{
    /// <summary>Name of the group in positions.</summary>
    public const string Group = "projections";

    /// <summary>
    /// Adds a <see cref="Follower"/> for the read models, which the host starts and stops, and <see cref="ProjectionRebuild"/>. A
    /// <see cref="SensitiveMask"/> that is registered before is used.
    /// </summary>
    public static IServiceCollection AddProjections(this IServiceCollection services)
    {
        services.TryAddSingleton(new SensitiveMask(SensitiveMask.DefaultNames));
        services.TryAddSingleton<IDataMask>(provider => provider.GetRequiredService<SensitiveMask>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new CqrsOptions());
        services.TryAddSingleton(provider => new StateReaders(provider.GetRequiredService<IStateStore>()));
        services.AddSingleton<ProjectionRebuild>();
        return services.AddSingleton(provider => new Follower(
            new FollowGroup(
                Group, [Topics.Commands, Topics.Control, Topics.Events],
                new ProjectionHandler(
                    provider.GetRequiredService<IReadModelStore>(), provider.GetRequiredService<SensitiveMask>(), provider.GetRequiredService<CqrsOptions>().MaxEvents,
                    new ListedRepeats(provider.GetRequiredService<IReadModelStore>(), new Lazy<StateReaders>(provider.GetRequiredService<StateReaders>)))),
            provider.GetRequiredService<ILog>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Follower>>(),
            halted: provider.GetService<HaltedPartitions>(), history: provider.GetService<PartitionHistory>(), positions: provider.GetServices<IPositionStore>())
        {
            Spans = provider.GetService<RecordSpans>(),
        });
    }
}
