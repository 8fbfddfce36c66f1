using System.Diagnostics;
using Workers.Contracts;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Follow;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Handlers.Projections;

namespace Workers.Handlers.Feeds;

/// <summary>
/// The public topics, from <c>workers.commands</c> and <c>workers.events</c>: what other systems, the WebSocket and <c>/api/v1/feeds</c> read. Order holds for each key.
/// Tests: FeedHandlerTests.
/// </summary>
internal sealed class FeedHandler(FeedOptions options, FeedWriter writer, IStateStore store, IFeedSink sink) : IFollowHandler
{
    private readonly List<FeedSource> _sources = [];

    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        store.TakeAsync(group, partition, cancellation);

    public void Add(LogRecord record)
    {
        var isEvent = record.Topic != Topics.Commands;
        var type = record.Headers.Get(HeaderName.Type) ?? "";
        if (!isEvent || record.Headers.Has(HeaderName.Origin))
        {
            _sources.Add(new FeedSource(record, type, null, null, null));
        }
        else if (EventCatalog.Find(type) is { } info)
        {
            // What is not known here is of a newer version of this program: it tells of it.
            var happened = info.Read(record.Value.Span);
            _sources.Add(new FeedSource(record, type, info, happened, options.Enabled ? Folded(record, info, happened) : null));
        }
    }

    public async Task<FlushResult> CommitAsync(IReadOnlyList<PositionMove> positions, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();

        // A command is known before what came of it, whichever partition was read first.
        var told = writer.Write([.. _sources.OrderBy(source => source.Record.Topic == Topics.Commands ? 0 : 1)]);
        var parts = positions
            .Select(move => new FeedPart(move, told.Records(move.Partition), told.Copies(move.Partition)))
            .OrderBy(part => part.Move.Partition.Topic == Topics.Commands ? 0 : 1).ToList();
        var result = await sink.PublishAsync(parts, cancellation).ConfigureAwait(false);
        if (_sources.Count > 0)
        {
            FeedMetrics.Published(Stopwatch.GetElapsedTime(started));
        }

        _sources.Clear();
        return result;
    }

    public void Reset()
    {
        _sources.Clear();
        writer.Reset();
    }

    private static ModelEvent? Folded(LogRecord record, EventInfo info, IDomainEvent happened) =>
        !info.IsAnnounced && ModelTypes.OfEntity(info.Entity) is { } type && record.Headers.Get(HeaderName.Version) is { } version
            ? new ModelEvent(
                new ModelKey(type, record.Key), long.Parse(version, System.Globalization.CultureInfo.InvariantCulture), happened,
                DateTimeOffset.FromUnixTimeMilliseconds(record.TimestampMs))
            : null;
}

/// <summary>A record that is told of, read as far as that needs no store.</summary>
/// <param name="Info">Null for commands, and for events that callers posted.</param>
/// <param name="Folded">Null where it is no part of an entity's stream.</param>
internal sealed record FeedSource(LogRecord Record, string Type, EventInfo? Info, IDomainEvent? Happened, ModelEvent? Folded);
