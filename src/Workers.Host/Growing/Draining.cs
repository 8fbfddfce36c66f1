using System.Globalization;
using Workers.Contracts;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Outbox;
using Workers.Engine.Store;
using Workers.Host.CommandLine;
using Workers.Host.Configuration;
using Workers.Host.Roles;

namespace Workers.Host.Growing;

/// <summary>
/// The program with its pumps and without a door, run until they have come past all that is in the log. It calls nobody outside: effects are kept as rows, as they are
/// between two attempts. Who follows the log (read models, audit, feeds) need not be here: <see cref="PartitionHistory"/>.
/// </summary>
internal sealed class Draining(Settings settings, DateTimeOffset until, Terminal terminal) : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly WebApplication _app = Compose(settings);
    private Backlog? _backlog;

    /// <summary>The store, for as long as this is.</summary>
    public IPartitionGrowth Store => _app.Services.GetRequiredService<IPartitionGrowth>();

    private ILog Log => _app.Services.GetRequiredService<ILog>();

    /// <summary>Runs it. Null: it has stopped in order, with nothing left to do; else why that was not reached.</summary>
    public async Task<string?> RunAsync()
    {
        Adapters.OpenPumps(_app.Services);
        await _app.StartAsync();
        var why = await WaitAsync();
        await _app.StopAsync();
        terminal.ProgressEnd();
        return why;
    }

    /// <summary>Where the log ends, now that nobody can write any more; null where something was written since the pumps had come past it.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<long>>?> EndsAsync()
    {
        await Store.FenceAsync(CancellationToken.None);

        // What the brokers have said a moment ago is believed.
        await Task.Delay(Look);
        var ends = new Dictionary<string, IReadOnlyList<long>>();
        foreach (var topic in Topics.Keyed)
        {
            ends.Add(topic, await Log.EndsAsync(topic, CancellationToken.None));
        }

        return await Store.OutboxAsync(CancellationToken.None) == 0 && _backlog!.Ends.All(topic => !ends.TryGetValue(topic.Key, out var now) || now.SequenceEqual(topic.Value))
            ? ends
            : null;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<string?> WaitAsync()
    {
        var stop = _app.Lifetime.ApplicationStopping;
        var halted = _app.Services.GetRequiredService<HaltedPartitions>();
        try
        {
            while (true)
            {
                if (await LookAsync(stop) is { } looked)
                {
                    _backlog = looked;
                    if (looked.Records == 0)
                    {
                        return null;
                    }

                    terminal.Progress(string.Create(CultureInfo.InvariantCulture, $"{looked.Records:N0} records to go"));
                }

                if (await halted.CheckAsync(stop) is { Status: not HealthStatus.Healthy } report)
                {
                    return report.Detail;
                }

                if (TimeProvider.System.GetUtcNow() >= until)
                {
                    return $"What waits in the log was not executed in time: {string.Join("; ", (_backlog?.Where ?? ["nothing could be read"]).Take(5))}. "
                        + "Start the program and look why, or give it longer with --timeout.";
                }

                await Task.Delay(Look, stop);
            }
        }
        catch (OperationCanceledException)
        {
            return "Told to stop.";
        }
    }

    private async Task<Backlog?> LookAsync(CancellationToken cancellation)
    {
        try
        {
            return await Backlog.LookAsync(
                _app.Services.GetRequiredService<Pumping>().Groups, _app.Services.GetService<OutboxRelay>(), Store, Log, cancellation);
        }
        catch (Exception error) when (error is LogUnavailableException or StoreUnavailableException)
        {
            return null;
        }
    }

    private static WebApplication Compose(Settings settings)
    {
        var options = settings.Options;
        options.Roles = ["commands", "sagas", "effects"];
        options.Effects.Concurrency = 0;
        options.Logging.Level = options.Logging.Level == "info" ? "warn" : options.Logging.Level;
        return Serving.Compose(settings with { Urls = "http://127.0.0.1:0" });
    }
}
