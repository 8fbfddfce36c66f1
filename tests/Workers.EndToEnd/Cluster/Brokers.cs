using System.Text.RegularExpressions;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Cluster;

/// <summary>
/// Three brokers of a test's own, made and ended by the script that <c>WORKERS_TEST_SERVERS</c> names: three replicas, of which two must have a record.
/// </summary>
internal sealed partial class Brokers : IAsyncDisposable
{
    private readonly string _script;
    private readonly DataDirectory _directory = new();

    private Brokers(string script) => _script = script;

    public string Bootstrap { get; private set; } = "";

    public static async Task<Brokers> StartAsync()
    {
        var brokers = new Brokers(TestServers.Named("WORKERS_TEST_SERVERS"));
        try
        {
            brokers.Bootstrap = Kafka().Match(await brokers.RunAsync("up", "kafka3")).Groups[1].Value;
            return brokers;
        }
        catch
        {
            await brokers.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync(string broker) => RunAsync("kill", broker);

    /// <summary>SIGTERM, and its end.</summary>
    public Task StopAsync(string broker) => RunAsync("stop", broker);

    public Task StartAsync(string broker) => RunAsync("start", broker);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("down");
        Directory.CreateDirectory(_directory.FullName);
        _directory.Dispose();
    }

    private Task<string> RunAsync(string verb, params string[] rest) => Tool.RunAsync(_script, [verb, _directory.FullName, .. rest]);

    [GeneratedRegex("WORKERS_TEST_KAFKA=\"([^\"]+)\"")]
    private static partial Regex Kafka();
}
