using Workers.Host.Configuration;

namespace Workers.Host.Roles;

/// <summary>
/// A process for one errand of the command line, where none runs: it serves a free port of this machine and executes what concerns every worker, no other
/// command.
/// </summary>
internal static class Briefly
{
    /// <param name="settings">The configuration.</param>
    /// <param name="errand">Done while it serves, given its address.</param>
    public static async Task<int> Run(Settings settings, Func<string, Task<int>> errand)
    {
        settings.Options.Roles = ["api", "commands"];
        settings.Options.Logging.Level = "error";
        settings.Options.Logging.File = "";
        await using var app = Serving.Compose(settings with { Urls = "http://127.0.0.1:0" }, briefly: true);
        Adapters.Open(app.Services);
        await app.StartAsync();
        try
        {
            return await errand(app.Urls.First());
        }
        finally
        {
            await app.StopAsync();
        }
    }
}
