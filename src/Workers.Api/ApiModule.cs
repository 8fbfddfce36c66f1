using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Workers.Api.Doors;
using Workers.Api.Feeds;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Api.Sockets;
using Workers.Bus;
using Workers.Contracts.Commands;
using Workers.Contracts.Reading;
using Workers.Engine.Cache;
using Workers.Engine.Limits;
using Workers.Engine.Control;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Workers.Engine.Waiting;

namespace Workers.Api;

/// <summary>The HTTP door.</summary>
public static class ApiModule
{
    /// <summary>
    /// Needs in the container: <c>ILog</c>, <c>IStateStore</c>, every <c>IPositionStore</c>, <c>IReadModelStore</c>, <c>IAuditStore</c>, <c>IResourceViews</c>,
    /// <c>IDataMask</c> and <c>FingerprintKey</c>. Takes, where they are there, <c>ApiOptions</c>, <c>ServiceOptions</c>, <c>RuleSettings</c>, <c>StorageKinds</c>, <c>SagaNames</c>, <c>TimeProvider</c>, and every
    /// <c>IHealth</c>; without an <c>IResourceCache</c> nothing is cached. Whoever runs pumps hands each commit to <see cref="OutcomeWaiter.Committed"/>.
    /// </summary>
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new ApiOptions());
        services.TryAddSingleton(new ServiceOptions());
        services.TryAddSingleton(new SocketOptions());
        services.TryAddSingleton(RuleSettings.Default);
        services.TryAddSingleton<EngineMeter>();
        services.TryAddSingleton(new StorageKinds("sqlite", "sqlite"));
        services.TryAddSingleton(new SagaNames(["order", "refund"]));
        services.TryAddSingleton(new OutcomeWaiterOptions());
        services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<OutcomeWaiter>(provider));
        services.TryAddSingleton(provider => new StateReaders(provider.GetRequiredService<IStateStore>()));
        services.TryAddSingleton(new CacheOptions());
        services.TryAddSingleton(provider => new CachedRepositories(
            provider.GetRequiredService<StateReaders>(), provider.GetRequiredService<CacheOptions>(), provider.GetService<IResourceCache>()));
        services.TryAddSingleton<IRateLimiter, LocalRateLimiter>();
        services.TryAddSingleton<QueueScan>();
        services.TryAddSingleton(provider => new ControlFeed(
            provider.GetRequiredService<IStateStore>(), TimeSpan.FromMilliseconds(200), provider.GetRequiredService<ILogger<ControlFeed>>()));
        services.TryAddSingleton(provider => new CommandReader(provider.GetRequiredService<RuleSettings>()));
        services.TryAddSingleton(new BusSettings());
        services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<Queries>(provider).OnBus());
        services.AddSingleton<FeedPages>().AddSingleton<LiveTail>().AddSingleton<FeedReads>().AddSingleton<SocketHub>().AddSingleton<SocketDoor>();
        return Compression.AddTo(services)
            .AddSingleton<SubmissionReader>().AddSingleton<KnownKeys>().AddSingleton<OrderLines>().AddSingleton<CommandDoor>().AddSingleton<BatchDoor>().AddSingleton<DeadLetterDoor>().AddSingleton<SagaDoor>().AddSingleton<UndoDoor>()
            .AddSingleton<ControlDoor>().AddSingleton<QueueReads>()
            .AddSingleton<CommandLookup>().AddSingleton<CommandReads>().AddSingleton<TimelineReads>().AddSingleton<DeadLetterReads>()
            .AddSingleton<SagaReads>().AddSingleton<AuditReads>().AddSingleton<PartitionReads>().AddSingleton<ResourceReads>().AddSingleton<HealthReads>()
            .AddSingleton<ResourceRepositories>().AddSingleton<RepositoryReads>().AddSingleton<RepositoryQueries>()
            .AddSingleton<PositionDoor>().AddSingleton<CacheReads>().AddSingleton<RateGate>();
    }

    /// <summary>Serves <c>/health*</c> alone: a process that works and takes no requests. Takes <c>ServiceOptions</c> and every <c>IHealth</c>.</summary>
    public static WebApplication MapHealth(this WebApplication app)
    {
        app.UseMiddleware<FrontDoor>();
        Endpoints.MapHealth(app, ActivatorUtilities.CreateInstance<HealthReads>(app.Services));
        return app;
    }

    /// <summary>Serves every path. Waits end when the host begins to stop, so that no caller holds it up.</summary>
    public static WebApplication MapApi(this WebApplication app)
    {
        var waiter = app.Services.GetRequiredService<OutcomeWaiter>();
        var stopping = app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        stopping.Register(waiter.EndAll);
        stopping.Register(app.Services.GetRequiredService<SocketHub>().Stop);
        app.UseWebSockets();
        app.UseResponseCompression();
        app.UseMiddleware<FrontDoor>();
        new Endpoints(app).Map();
        return app;
    }
}
