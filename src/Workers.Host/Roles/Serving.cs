using Workers.Api;
using Workers.Contracts.Commands;
using Workers.Engine.Cache;
using Workers.Engine.Control;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Outbox;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Workers.Handlers;
using Workers.Handlers.Effects;
using Workers.Handlers.Projections;
using Workers.Host.CommandLine;
using Workers.Host.Configuration;
using Workers.Host.Logging;
using Workers.Telemetry;

namespace Workers.Host.Roles;

/// <summary>Serves: composes what the process does from its roles, runs it until it is told to stop.</summary>
internal static class Serving
{
    public static async Task<int> Run(Settings settings)
    {
        await using var app = Compose(settings);
        Adapters.Open(app.Services);
        try
        {
            await app.StartAsync();
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Told to stop while it started.
            return ExitCodes.Ok;
        }

        Greeting.Say(app, settings);
        await app.WaitForShutdownAsync();
        return ExitCodes.Ok;
    }

    private static string Version { get; } = typeof(Serving).Assembly.GetName().Version?.ToString(3) ?? "";

    private static PlatformGauges Gauges(IServiceProvider provider) => new(
        provider.GetRequiredService<ILog>(), provider.GetRequiredService<IStateStore>(), provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<EngineMeter>(), provider.GetService<OutboxRelay>());

    private static WebApplication Compose(Settings settings)
    {
        var options = settings.Options;
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [], ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(Addresses.Of(settings));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.Api.MaxBodyBytes;
            kestrel.Limits.KeepAliveTimeout = options.Api.IdleTimeout;
            kestrel.Limits.RequestHeadersTimeout = options.Api.ReadTimeout;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(25));
        builder.Logging.AddLines(options.Logging);
        settings.AddTo(builder.Services);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new RuleSettings(options.Domain.Currencies, options.Gateways.Keys));
        builder.Services.AddAdapters(options);
        builder.Services.AddHandlers(options.Domain, options.Refunds, options.OrderFlow);
        builder.Services.AddSingleton<IResourceViews, ResourceViews>();
        builder.Services.AddSingleton(new SensitiveMask(SensitiveMask.DefaultNames)).AddSingleton<IDataMask>(provider => provider.GetRequiredService<SensitiveMask>());
        builder.Services.AddEffects(Path.GetFullPath(options.Data));
        builder.Services.AddTelemetry(builder.Logging, options.Telemetry, options.Service, Version);
        builder.Services.AddSingleton<EngineMeter>().AddSingleton(Gauges);
        builder.Services.AddSingleton(provider => new ControlFeed(
            provider.GetRequiredService<IStateStore>(), options.HasMySql() ? TimeSpan.FromMilliseconds(200) : null, provider.GetRequiredService<ILogger<ControlFeed>>()));
        builder.Services.AddSingleton<FlushFeed>().AddSingleton<Pumping>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Pumping>()).AddHostedService<Sampling>();
        builder.Services.AddSingleton<IHealth>(provider => provider.GetRequiredService<Pumping>());
        builder.Services.AddSingleton<HaltedPartitions>().AddSingleton<IHealth>(provider => provider.GetRequiredService<HaltedPartitions>());
        PortHealth.Add(builder.Services, options, ofCache: options.HasRedis() && builder.Services.Any(service => service.ServiceType == typeof(IResourceCache)));
        RoleList.Add(builder.Services, options.Roles);

        var app = builder.Build();
        app.MapMetrics();
        app.Services.GetRequiredService<FlushFeed>().Listen(flush => app.Services.GetRequiredService<ControlFeed>().Committed(flush));
        if (RoleList.Has(options.Roles, "api"))
        {
            ApiRole.Connect(app.Services);
            app.MapApi();
        }
        else
        {
            app.MapHealth();
        }

        return app;
    }
}
