using System.Text.RegularExpressions;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Cluster;

/// <summary>Servers of a test's own, which it may kill: made and ended by the script that <c>WORKERS_TEST_SERVERS</c> names.</summary>
internal sealed partial class OwnServers : IAsyncDisposable
{
    private readonly string _script;
    private readonly DataDirectory _directory = new();
    private string _told = "";

    private OwnServers(string script) => _script = script;

    /// <param name="names">Those of the script: <c>mysql</c>, <c>mongodb</c>, …; <c>kafka3</c> is three brokers with three replicas, of which two must have a record.</param>
    public static async Task<OwnServers> StartAsync(params string[] names)
    {
        var servers = new OwnServers(TestServers.Named("WORKERS_TEST_SERVERS"));
        try
        {
            servers._told = await servers.RunAsync("up", names);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where one is, as tests are told it.</summary>
    public string Named(string variable) => Told().Matches(_told).Single(told => told.Groups[1].Value == variable).Groups[2].Value;

    /// <summary>SIGKILL.</summary>
    public Task KillAsync(string server) => RunAsync("kill", server);

    /// <summary>SIGTERM, and its end.</summary>
    public Task StopAsync(string server) => RunAsync("stop", server);

    public Task StartAgainAsync(string server) => RunAsync("start", server);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("down");
        Directory.CreateDirectory(_directory.FullName);
        _directory.Dispose();
    }

    private Task<string> RunAsync(string verb, params string[] rest) => Tool.RunAsync(_script, [verb, _directory.FullName, .. rest]);

    [GeneratedRegex("export (WORKERS_TEST_[A-Z]+)=\"([^\"]+)\"")]
    private static partial Regex Told();
}
