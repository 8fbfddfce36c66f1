using Workers.Engine.Effects;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Outbox;
using Workers.Engine.Pump;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Workers.Handlers.Effects.Services;

namespace Workers.Host.Roles;

/// <summary>Calls the outside world: reads <c>workers.effects</c>; results go back as commands.</summary>
internal static class EffectsRole
{
    public static void Add(IServiceCollection services) => services.AddSingleton<Func<IServiceProvider, Runner>>(_ => provider =>
    {
        var pump = new EffectsPump(
            provider.GetServices<IEffectHandler>(), provider.GetRequiredService<EffectOptions>(), provider.GetRequiredService<ILog>(),
            provider.GetRequiredService<IStateStore>(), provider.GetRequiredService<PumpOptions>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<EffectsPump>>(), GroupRunner.WorkerName, provider.GetRequiredService<FlushFeed>().Committed,
            provider.GetService<OutboxRelay>(), provider.GetRequiredService<EngineMeter>(),
            provider.GetRequiredService<HaltedPartitions>(), provider.GetRequiredService<PartitionHistory>(), provider.GetRequiredService<RecordSpans>());
        var circuits = provider.GetRequiredService<CircuitReports>();
        return new Runner(EffectsPump.Group, Start, pump.Stop, () => pump.IsReady, pump, pump);

        void Start()
        {
            circuits.Start(GroupRunner.WorkerName);
            provider.GetRequiredService<ServicePipelines>().Show(provider.GetRequiredService<EngineMeter>());
            pump.Start();
        }
    });
}
