using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Workers.Api.Callers;
using Workers.Api.Callers.Jwt;
using Workers.Api.Cqrs;
using Workers.Api.Descriptions;
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
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Workers.Engine.Waiting;

namespace Workers.Api;

/// <summary>The HTTP door.</summary>
public static class ApiModule
{
    /// <summary>
    /// Needs in the container: <c>ILog</c>, <c>IStateStore</c>, every <c>IPositionStore</c>, <c>IReadModelStore</c>, <c>ICqrsStore</c>, <c>IAuditStore</c>, <c>IMetricsStore</c>, <c>IWorkerStore</c>, <c>IResourceViews</c>,
    /// <c>IDataMask</c>, <c>DataCipher</c> and <c>FingerprintKey</c>. Takes, where they are there, <c>ApiOptions</c>, <c>ServiceOptions</c>, <c>RuleSettings</c>, <c>StorageKinds</c>, <c>SagaNames</c>, <c>TimeProvider</c>, and every
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
        services.TryAddKeyedSingleton(EngineMeter.Name, static (_, name) => new ActivitySource((string)name));
        services.TryAddSingleton(new StorageKinds("sqlite", "sqlite"));
        services.TryAddSingleton(new FeedMessages([]));
        services.TryAddSingleton(new SagaNames(["order", "refund"]));
        services.TryAddSingleton(new OutcomeWaiterOptions());
        services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<OutcomeWaiter>(provider));
        services.TryAddSingleton(provider => new StateReaders(provider.GetRequiredService<IStateStore>()));
        services.TryAddSingleton(new OutcomeOptions());
        services.TryAddSingleton(provider => new CancelScan(
            provider.GetRequiredService<IReadModelStore>(), new Lazy<StateReaders>(provider.GetRequiredService<StateReaders>), provider.GetRequiredService<OutcomeOptions>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(new CacheOptions());
        services.TryAddSingleton(provider => new CachedRepositories(
            provider.GetRequiredService<StateReaders>(), provider.GetRequiredService<CacheOptions>(), provider.GetService<IResourceCache>()));
        services.TryAddSingleton<QueueScan>();
        services.TryAddSingleton(new HandlerOptions());
        services.TryAddSingleton(new MetricsOptions());
        services.TryAddSingleton(new ServiceNames([]));
        services.AddAccess();
        services.TryAddSingleton(provider => new CommandReader(provider.GetRequiredService<RuleSettings>()));
        services.TryAddSingleton(new BusSettings());
        services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<Queries>(provider).OnBus());
        services.AddSingleton<FeedPages>().AddSingleton<LiveTail>().AddSingleton<OpenStreams>().AddSingleton<FeedReads>().AddSingleton<SocketHub>().AddSingleton<SocketDoor>();
        services.TryAddSingleton(new CqrsOptions());
        CqrsEndpoints.AddTo(services);
        return Compression.AddTo(services).AddCors()
            .AddSingleton<SubmissionReader>().AddSingleton<KnownKeys>().AddSingleton<OrderLines>().AddSingleton<CommandDoor>().AddSingleton<BatchDoor>().AddSingleton<DeadLetterDoor>().AddSingleton<LetterEdits>().AddSingleton<ReplayDoor>().AddSingleton<ReplayReads>().AddSingleton<CancellationDoor>().AddSingleton<CancellationReads>().AddSingleton<SagaDoor>().AddSingleton<UndoDoor>()
            .AddSingleton<ControlDoor>().AddSingleton<QueueReads>().AddSingleton<HandlerDoor>().AddSingleton<HandlerReads>().AddSingleton<CircuitReads>()
            .AddSingleton<CommandLookup>().AddSingleton<ParkedGlance>().AddSingleton<JustAccepted>().AddSingleton<CommandReads>().AddSingleton<TimelineReads>().AddSingleton<DeadLetterReads>()
            .AddSingleton<SagaReads>().AddSingleton<AuditReads>().AddSingleton<AuditExport>().AddSingleton<Places>().AddSingleton<PartitionReads>().AddSingleton<WorkerReads>().AddSingleton<ParkedReads>().AddSingleton<ResourceReads>().AddSingleton<HealthReads>()
            .AddSingleton<ResourceRepositories>().AddSingleton<RepositoryReads>().AddSingleton<RepositoryQueries>()
            .AddSingleton<SubscriptionDoor>().AddSingleton<SubscriptionReads>().AddSingleton<MetricsReads>().AddSingleton<MetricsDoor>()
            .AddSingleton<PositionDoor>().AddSingleton<CacheReads>().AddSingleton<CacheWarming>().AddSingleton<KeyDoor>().AddSingleton<CallerReads>().AddSingleton<DescriptionReads>()
            .AddSingleton<DelayedReads>().AddSingleton<DelayedDoor>().AddSingleton<ScheduleReads>().AddSingleton<ScheduleReader>().AddSingleton<ScheduleDoor>().AddSingleton<ScheduleImport>().AddSingleton<SchedulePreview>();
    }

    /// <summary>Applies the file of schedules once requests can be served.</summary>
    public static IServiceCollection AddScheduleFile(this IServiceCollection services) => services.AddHostedService<ScheduleFile>();

    /// <summary>Who may call, for every process that serves anything. Needs <c>ILog</c> and <c>IStateStore</c>; takes <c>ControlFeed</c>, <c>IRateLimiter</c>, <c>Backlog</c>, <c>DataCipher</c> and <c>LocalSecret</c> where they are there.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new ApiOptions());
        services.TryAddSingleton<IRateLimiter, LocalRateLimiter>();
        services.TryAddSingleton<IReplayMemory>(provider => new LocalReplayMemory(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new ControlFeed(
            provider.GetRequiredService<IStateStore>(), TimeSpan.FromMilliseconds(200), provider.GetRequiredService<ILogger<ControlFeed>>()));
        services.TryAddSingleton<KeyRing>();
        services.TryAddSingleton<StandingAccess>();
        services.TryAddSingleton<KeyUses>();
        services.TryAddSingleton<AccessTrail>();
        services.TryAddSingleton<RateGate>();
        services.TryAddSingleton<IssuerKeys>();
        services.TryAddSingleton<JwtTokens>();
        services.TryAddSingleton<RequestSignature>();
        services.TryAddSingleton<Credentials>();
        services.TryAddSingleton<EngineMeter>();
        services.TryAddSingleton(provider => new LoadShedder(provider.GetRequiredService<ApiOptions>(), provider.GetRequiredService<EngineMeter>(), provider.GetService<Backlog>()));
        services.TryAddSingleton<Admission>();
        return services;
    }

    /// <summary>Serves <c>/health*</c> alone: a process that works and takes no requests. Takes <c>ServiceOptions</c> and every <c>IHealth</c>.</summary>
    public static WebApplication MapHealth(this WebApplication app)
    {
        app.UseProxies();
        app.UseMiddleware<FrontDoor>();
        Endpoints.MapHealth(app, ActivatorUtilities.CreateInstance<HealthReads>(app.Services));
        Endpoints.Declared(app);
        return app;
    }

    // Before the door: a browser asks whether it may call without a credential.
    private static void UseOrigins(this WebApplication app)
    {
        var origins = app.Services.GetRequiredService<ApiOptions>().Cors.Origins;
        if (origins.Count > 0)
        {
            app.UseCors(policy => policy.WithOrigins([.. origins]).AllowAnyHeader().AllowAnyMethod().SetPreflightMaxAge(TimeSpan.FromMinutes(10)).WithExposedHeaders(
                "ETag", "Idempotent-Replayed", "Location", "Preference-Applied", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Command-Id"));
        }
    }

    /// <summary>Serves every path. Waits end when the host begins to stop, so that no caller holds it up.</summary>
    public static WebApplication MapApi(this WebApplication app)
    {
        var waiter = app.Services.GetRequiredService<OutcomeWaiter>();
        var stopping = app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        stopping.Register(waiter.EndAll);
        stopping.Register(app.Services.GetRequiredService<SocketHub>().Stop);
        app.UseProxies();
        app.UseWebSockets();
        app.UseResponseCompression();
        app.UseOrigins();
        app.UseMiddleware<FrontDoor>();
        new Endpoints(app).Map();
        return app;
    }
}
