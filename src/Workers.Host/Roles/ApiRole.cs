using Workers.Api;
using Workers.Api.Reads;
using Workers.Engine.Waiting;
using Workers.Handlers.Flows;
using Workers.Host.Configuration;

namespace Workers.Host.Roles;

/// <summary>The HTTP door: appends commands, answers what happened.</summary>
internal static class ApiRole
{
    public static void Add(IServiceCollection services)
    {
        // Where nobody in this process hands outcomes over, they are looked up.
        services.AddSingleton(provider => provider.GetRequiredService<WorkersOptions>().HasMySql()
            ? new OutcomeWaiterOptions { Poll = TimeSpan.FromMilliseconds(20) }
            : new OutcomeWaiterOptions());
        services.AddSingleton(provider => new SagaNames([.. FlowCatalog.All.Select(flow => flow.Saga)]) { WaitsFor = FlowCatalog.WaitsFor(provider) });
        services.AddApi();
    }

    /// <summary>Who waits for an outcome hears of each commit of this process.</summary>
    public static void Connect(IServiceProvider services) =>
        services.GetRequiredService<FlushFeed>().Listen(services.GetRequiredService<OutcomeWaiter>().Committed);
}
