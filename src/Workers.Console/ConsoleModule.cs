using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Workers.Pages.Inward;
using Workers.Pages.Frames;
using Workers.Pages.Sessions;
using Workers.Engine.Options;

namespace Workers.Pages;

/// <summary>The console: pages for people over the HTTP API of the same process.</summary>
public static class ConsoleModule
{
    /// <summary>Needs <c>FingerprintKey</c> in the container; takes <c>ServiceOptions</c>, <c>ConsoleOptions</c>, <c>SocketOptions</c> and <c>TimeProvider</c> where they are there.</summary>
    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new ServiceOptions());
        services.TryAddSingleton(new ConsoleOptions());
        services.TryAddSingleton(new SocketOptions());
        return services.AddSingleton<Pipeline>().AddSingleton<Secrets>().AddSingleton<Session>().AddSingleton<Frame>().AddSingleton<SignInPage>().AddSingleton<LiveStream>();
    }

    /// <summary>Serves <c>/console</c>. Called before the API is mapped: what comes after it is what pages ask.</summary>
    public static WebApplication MapConsole(this WebApplication app)
    {
        app.Use(app.Services.GetRequiredService<Pipeline>().Through);

        // Here and not at the very beginning: what a page asks finds its own way.
        app.UseRouting();
        new ConsoleRoutes(app).Map();
        return app;
    }
}
