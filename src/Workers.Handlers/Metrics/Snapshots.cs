using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Json;
using Workers.Engine.Follow;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Metrics;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Handlers.Feeds;

namespace Workers.Handlers.Metrics;

/// <summary>
/// Tells <c>command-events</c> each minute of each kind: <c>metrics.snapshot</c>. Whoever counts the first partition of events does it for all processes; told again
/// after a failure it has the same id. Then forgets what is older than its retention. Tests: MetricsTests.
/// </summary>
public sealed class Snapshots(
    Follower follower, IMetricsStore store, ILog log, FeedOptions feeds, MetricsOptions options, TimeProvider clock, ILogger<Snapshots> logger)
{
    private const long Minute = 60;
    private const long MostMissed = 60;

    // By then what has ended in the minute is counted, where counting is not behind.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly PartitionId First = new(Topics.Events, 0);

    /// <summary>Until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Look, clock);
        var (told, outage) = (0L, new Outage());
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
        {
            var minute = (clock.GetUtcNow() - Settled).ToUnixTimeSeconds() / Minute;
            if (minute == told || !follower.Status.Any(status => status.Partition == First))
            {
                continue;
            }

            try
            {
                await TellAsync(cancellation).ConfigureAwait(false);
                told = minute;
                _ = outage.Ends();
            }
            catch (Exception error) when (error is StoreUnavailableException or LogUnavailableException)
            {
                LogMessages.SnapshotLate(logger, outage.LevelOf(error), error);
            }
        }
    }

    /// <summary>Tells of every minute that is over and was not told of, and of no more than the last hour.</summary>
    public async Task TellAsync(CancellationToken cancellation)
    {
        var over = (clock.GetUtcNow() - Settled).ToUnixTimeSeconds() / Minute * Minute;
        var state = await store.StateAsync(cancellation).ConfigureAwait(false);
        var next = state.ToldMinute == 0 ? over - Minute : Math.Max(state.ToldMinute + Minute, over - (MostMissed * Minute));
        for (; next < over; next += Minute)
        {
            if (feeds.Has(Topics.CommandEvents))
            {
                var rows = await store.RangeAsync(Grain.Minute, next, next + Minute, null, null, cancellation).ConfigureAwait(false);
                await log.AppendAsync([.. CommandCatalog.Kinds.Select(kind => Make(kind, next, rows))], cancellation).ConfigureAwait(false);
            }

            await store.ToldAsync(next, cancellation).ConfigureAwait(false);
        }

        var now = clock.GetUtcNow();
        await store.TrimAsync(
            (now - options.MinuteRetention).ToUnixTimeSeconds(), (now - options.HourRetention).ToUnixTimeSeconds(), cancellation).ConfigureAwait(false);
    }

    private static LogRecord Make(string kind, long minute, IReadOnlyList<MetricsRow> rows)
    {
        var data = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(data, JsonWriting.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, kind);
            writer.WriteTime("from", minute * 1_000);
            writer.WriteTime("to", (minute + Minute) * 1_000);
            FiguresJson.Write(writer, rows.Where(row => row.Kind == kind).Sum());
            writer.WriteEndObject();
        }

        return FeedRecords.MakeOwn(
            Ids.Foreign($"{FeedNames.MetricsSnapshot}/{kind}", 0, minute, minute * 1_000), FeedNames.MetricsSnapshot, kind, minute * 1_000, data.WrittenMemory);
    }
}
