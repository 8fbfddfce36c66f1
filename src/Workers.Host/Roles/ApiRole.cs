using Workers.Api;
using Workers.Engine.Waiting;

namespace Workers.Host.Roles;

/// <summary>The HTTP door: appends commands, answers what happened.</summary>
internal static class ApiRole
{
    public static void Add(IServiceCollection services) => services.AddApi();

    /// <summary>Who waits for an outcome hears of each commit of this process.</summary>
    public static void Connect(IServiceProvider services) =>
        services.GetRequiredService<FlushFeed>().Listen(services.GetRequiredService<OutcomeWaiter>().Committed);
}
