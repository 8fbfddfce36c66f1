using Workers.Contracts;
using Workers.Engine.Commands;
using Workers.Engine.Pump;
using Workers.Handlers;

namespace Workers.Host.Roles;

/// <summary>Carries flows on: reads <c>workers.flows</c>; writes saga instances, timers and the commands they send.</summary>
internal static class SagasRole
{
    public static void Add(IServiceCollection services) => services.AddSingleton<Func<IServiceProvider, Runner>>(_ => provider =>
    {
        var table = HandlersModule.FlowTable(provider);
        return GroupRunner.Make(
            provider, new PumpGroup("sagas", Topics.Flows, Threads: 1, _ => new FlowExecutor(table, CancellationToken.None)));
    });
}
