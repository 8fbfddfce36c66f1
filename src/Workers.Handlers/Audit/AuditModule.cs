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
using Workers.Handlers.Projections;

namespace Workers.Handlers.Audit;

public static class AuditModule
{
    /// <summary>Name of the group in positions.</summary>
    public const string Group = "audit";

    /// <summary>
    /// Adds a <see cref="Follower"/> for the audit trail, which the host starts and stops. A <see cref="SensitiveMask"/> that is registered before is used.
    /// </summary>
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.TryAddSingleton(new SensitiveMask(SensitiveMask.DefaultNames));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new CqrsOptions());
        return services.AddSingleton(provider => new Follower(
            new FollowGroup(
                Group, [Topics.Commands, Topics.Control, Topics.Events],
                new AuditHandler(
                    provider.GetRequiredService<IAuditStore>(), provider.GetRequiredService<SensitiveMask>(),
                    provider.GetRequiredService<CqrsOptions>().AuditingEnabled)),
            provider.GetRequiredService<ILog>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Follower>>(),
            halted: provider.GetService<HaltedPartitions>(), history: provider.GetService<PartitionHistory>(), positions: provider.GetServices<IPositionStore>())
        {
            Spans = provider.GetService<RecordSpans>(),
        });
    }
}
