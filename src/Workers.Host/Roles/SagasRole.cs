using Workers.Contracts;
using Workers.Engine.Commands;
using Workers.Engine.Pump;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Workers.Handlers;
using Workers.Handlers.Flows;

namespace Workers.Host.Roles;

/// <summary>Carries flows on: reads <c>workers.flows</c>; writes saga instances, timers and the commands they send.</summary>
internal static class SagasRole
{
    public static void Add(IServiceCollection services) => services
        .AddSingleton<IGauges>(provider => new FlowGauges(
            provider.GetRequiredService<IStateStore>(), [.. FlowCatalog.All.Select(flow => flow.Saga)], provider.GetRequiredService<EngineMeter>()))
        .AddSingleton<Func<IServiceProvider, Runner>>(_ => provider =>
        {
            var table = HandlersModule.FlowTable(provider);
            return GroupRunner.Make(
                provider, new PumpGroup("sagas", Topics.Flows, Threads: 1, _ => new FlowExecutor(table, CancellationToken.None)));
        });
}
