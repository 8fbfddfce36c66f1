using Workers.Api;
using Workers.Api.Descriptions;
using Workers.Api.Reads;
using Workers.Engine.Limits;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Workers.Engine.Waiting;
using Workers.Handlers.Effects.Services;
using Workers.Handlers.Feeds;
using Workers.Handlers.Flows;
using Workers.Host.Configuration;
using Workers.Pages;

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
        services.AddSingleton(Sagas);
        services.AddSingleton(new FeedMessages(FeedCatalog.All));
        services.AddSingleton<IGauges, GroupGauges>();
        services.AddSingleton(provider => new Backlog(
            provider.GetRequiredService<ILog>(), provider.GetRequiredService<IStateStore>(), provider.GetRequiredService<IWorkerStore>(),
            provider.GetRequiredService<TimeProvider>(), sharesOffsets: !provider.GetRequiredService<WorkersOptions>().HasKafka()));
        services.AddHostedService<BacklogLooks>();
        services.AddApi();
        services.AddConsole();
    }

    private static SagaNames Sagas(IServiceProvider provider)
    {
        var transitions = FlowCatalog.Transitions(provider);
        return new([.. FlowCatalog.All.Select(flow => flow.Saga)])
        {
            WaitsFor = FlowCatalog.WaitsFor(provider),
            Transitions = saga => [.. transitions(saga).Select(one => new SagaTransition(one.From, one.Event, one.To))],
        };
    }

    /// <summary>Who waits for an outcome hears of each commit of this process; handlers of queries are called here, so that their circuits are told of here.</summary>
    public static void Connect(IServiceProvider services)
    {
        services.GetRequiredService<FlushFeed>().Listen(services.GetRequiredService<OutcomeWaiter>().Committed);
        services.GetRequiredService<CircuitReports>().Start(GroupRunner.WorkerName);
    }
}
