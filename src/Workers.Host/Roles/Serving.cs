using Workers.Api;
using Workers.Contracts.Commands;
using Workers.Engine.Health;
using Workers.Engine.Projections;
using Workers.Handlers;
using Workers.Handlers.Effects;
using Workers.Handlers.Projections;
using Workers.Host.CommandLine;
using Workers.Host.Configuration;
using Workers.Host.Logging;

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
        builder.Services.AddSingleton<FlushFeed>().AddSingleton<Pumping>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Pumping>());
        builder.Services.AddSingleton<IHealth>(provider => provider.GetRequiredService<Pumping>());
        PortHealth.Add(builder.Services, ofLog: !options.HasKafka());
        RoleList.Add(builder.Services, options.Roles);

        var app = builder.Build();
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
