using Workers.Api;
using Workers.Api.Reads;
using Workers.Contracts.Commands;
using Workers.Engine.Cache;
using Workers.Engine.Control;
using Workers.Engine.Health;
using Workers.Engine.Identity;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Outbox;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Workers.Handlers;
using Workers.Handlers.Effects;
using Workers.Handlers.Projections;
using Workers.Host.CommandLine;
using Workers.Host.Configuration;
using Workers.Host.Demo;
using Workers.Host.Logging;
using Workers.Pages;
using Workers.Telemetry;

namespace Workers.Host.Roles;

/// <summary>Serves: composes what the process does from its roles, runs it until it is told to stop.</summary>
internal static class Serving
{
    public static async Task<int> Run(Settings settings)
    {
        using var stop = new EarlyStop();
        using var limit = FileLimit.Survive();
        _ = Addresses.Of(settings);
        if (settings.Options.Demo)
        {
            DemoDirectory.Claim(settings.Options);
        }

        if (!settings.Options.HasMySql() && !File.Exists(EmbeddedFile.PathIn(settings.Options)))
        {
            // Nobody can have made a key yet, and nothing is made where nothing can be served.
            Addresses.Guard(settings, static () => false);
        }

        await using var app = Compose(settings);
        Adapters.Open(app.Services);
        Adapters.KeepLog(app.Services, settings.Options);
        _ = app.Services.GetService<LocalSecret>();
        Addresses.Guard(settings, () => app.Services.GetRequiredService<ControlFeed>().Ask().HasHad(ControlKinds.Key));
        stop.HandTo(app.Lifetime);
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
        if (EncryptionKeys.LiesInStore(settings.Options))
        {
            Terminal.Process.Warn("Sensitive values are encrypted with a key that lies in the database itself; name one with Workers:Encryption:KeyFile.");
        }

        await app.WaitForShutdownAsync();
        return ExitCodes.Ok;
    }

    private static string Version { get; } = typeof(Serving).Assembly.GetName().Version?.ToString(3) ?? "";

    private static PlatformGauges Gauges(IServiceProvider provider) => new(
        provider.GetRequiredService<ILog>(), provider.GetRequiredService<IStateStore>(), provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<EngineMeter>(), provider.GetService<OutboxRelay>());

    private static Dictionary<string, object> Attributes(CqrsOptions.CqrsMetadata metadata) => new(StringComparer.Ordinal)
    {
        ["deployment.environment.name"] = metadata.Environment,
        ["cloud.region"] = metadata.Region,
        ["workers.team"] = metadata.Team,
        ["workers.project"] = metadata.Project,
    };

    /// <param name="settings">The configuration.</param>
    /// <param name="briefly">Only to do an errand of the command line.</param>
    internal static WebApplication Compose(Settings settings, bool briefly = false)
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
        builder.Services.AddSingleton(provider => GrowthRows.HistoryIn(provider.GetRequiredService<IStateStore>()));
        builder.Services.AddHandlers(options.Domain, options.Refunds, options.OrderFlow, options.Scheduler, options.Outcomes);
        builder.Services.AddSingleton<IResourceViews, ResourceViews>();
        builder.Services.AddEncryption(options);
        builder.Services.AddSingleton<IDataMask>(provider => provider.GetRequiredService<SensitiveMask>());
        builder.Services.AddEffects(Path.GetFullPath(options.Data));
        if (TelemetryModule.Faults() is { Count: > 0 } faults)
        {
            throw new ConfigurationException(faults);
        }

        builder.Services.AddTelemetry(options.Telemetry, options.Service, Version, Attributes(options.Cqrs.Metadata));
        builder.Services.AddSingleton<EngineMeter>().AddSingleton(Gauges).AddSingleton<IGauges, HealthGauges>().AddSingleton<IGauges, PauseGauges>();
        builder.Services.AddSingleton<IGauges>(provider => new MachineGauges(
            Path.GetFullPath(options.Data), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<EngineMeter>()));
        builder.Services.AddSingleton(new ServiceNames([.. options.Gateways.Keys.Select(name => $"gateway:{name}"), "notifications"]));
        builder.Services.AddSingleton(provider => new ControlFeed(
            provider.GetRequiredService<IStateStore>(), options.HasMySql() ? TimeSpan.FromMilliseconds(200) : null, provider.GetRequiredService<ILogger<ControlFeed>>()));
        builder.Services.AddSingleton<FlushFeed>().AddSingleton<Pumping>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Pumping>()).AddHostedService<Sampling>().AddSingleton<WorkPulse>();
        if (!briefly)
        {
            builder.Services.AddHostedService<Heartbeats>();
        }

        if (RoleList.Has(options.Roles, "api") && options.Scheduler.File.Length > 0 && !briefly)
        {
            builder.Services.AddScheduleFile();
        }

        if (options.Demo && RoleList.Has(options.Roles, "api") && !briefly)
        {
            builder.Services.AddHostedService<DemoTraffic>();
        }

        if (RoleList.Has(options.Roles, "projections"))
        {
            builder.Services.AddHostedService<ListCutting>();
        }

        builder.Services.AddSingleton<IHealth>(provider => provider.GetRequiredService<Pumping>());
        builder.Services.AddSingleton<HaltedPartitions>().AddSingleton<IHealth>(provider => provider.GetRequiredService<HaltedPartitions>());
        builder.Services.AddSingleton<IHealth>(new DiskHealth(Path.GetFullPath(options.Data), options.HasSqlite()));
        builder.Services.AddAccess();
        PortHealth.Add(builder.Services, options, ofCache: options.HasRedis() && builder.Services.Any(service => service.ServiceType == typeof(IResourceCache)));
        if (RoleList.Has(options.Roles, "api"))
        {
            // Made when it is first asked for: by then nobody else serves from the same files.
            builder.Services.AddSingleton(_ => (briefly ? CommandLineSecret.ReadOrMake(options.Data) : CommandLineSecret.Make(options.Data))!);
        }

        RoleList.Add(builder.Services, options.Roles, briefly);

        var app = builder.Build();
        app.MapMetrics();
        app.Services.GetRequiredService<FlushFeed>().Listen(flush => app.Services.GetRequiredService<ControlFeed>().Committed(flush));
        app.Services.GetRequiredService<FlushFeed>().Listen(app.Services.GetRequiredService<WorkPulse>().Committed);
        if (RoleList.Has(options.Roles, "api"))
        {
            ApiRole.Connect(app.Services);
            app.MapConsole();
            app.MapApi();
        }
        else
        {
            app.MapHealth();
        }

        return app;
    }
}
