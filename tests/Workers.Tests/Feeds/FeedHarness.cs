using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Workers.Contracts;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Engine.Waiting;
using Workers.Handlers.Feeds;
using Workers.Handlers.Projections;
using Workers.Tests.Api;
using Workers.Tests.Follow;

namespace Workers.Tests.Feeds;

/// <summary>The feeds' handler over a state and a log in memory; what it publishes is kept.</summary>
internal sealed class FeedHarness : IFeedSink, IDisposable
{
    private readonly SensitiveMask _mask = new(SensitiveMask.DefaultNames);
    private readonly StateReaders _readers;
    private readonly FeedCommands _commands;
    private readonly ControlFeed _control;
    private readonly FeedHandler _handler;
    private long _offset;

    public FeedHarness(FeedOptions? options = null, MemoryState? state = null, MemoryLog? log = null)
    {
        (State, Log, options) = (state ?? new MemoryState(), log ?? new MemoryLog(1), options ?? new FeedOptions());
        _readers = new StateReaders(State);
        _commands = new FeedCommands(Log, _mask);
        _control = new ControlFeed(State, null, NullLogger<ControlFeed>.Instance);
        var writer = new FeedWriter(options, TimeSpan.FromSeconds(10), new FeedEntities(_readers, _mask), _commands, _readers, _mask,
            new Completions(_control));
        _handler = new FeedHandler(options, writer, State, this);
    }

    public MemoryState State { get; }

    public MemoryLog Log { get; }

    /// <summary>What was published, in order.</summary>
    public List<LogRecord> Told { get; } = [];

    public List<StateWrite> Copies { get; } = [];

    /// <summary>Tells of the records, as one batch.</summary>
    /// <returns>What was published of it.</returns>
    public async Task<List<LogRecord>> TellAsync(params LogRecord[] records)
    {
        var before = Told.Count;
        foreach (var record in records)
        {
            (record.Partition, record.Offset) = (0, record.Offset < 0 ? _offset++ : record.Offset);
            _handler.Add(record);
        }

        var moves = new[] { Topics.Commands, Topics.Events }.Select(t => new PositionMove("feeds", new PartitionId(t, 0), _offset, 0, 1)).ToList();
        await _handler.CommitAsync(moves, CancellationToken.None);
        return Told[before..];
    }

    /// <summary>Puts the events of a stream where they are read again from.</summary>
    public void Store(params LogRecord[] events) => State.History.AddRange(events.Select(e => new EventRow(
        0, new StateKey(e.Headers.Get(HeaderName.Entity)!, e.Key), long.Parse(e.Headers.Get(HeaderName.Version)!, null), e.Headers.Get(HeaderName.Type)!, 1,
        e.TimestampMs, Guid.Empty, e.Value.ToArray())));

    public Task<FlushResult> PublishAsync(IReadOnlyList<FeedPart> parts, CancellationToken cancellation)
    {
        foreach (var part in parts)
        {
            Told.AddRange(part.Records);
            Copies.AddRange(part.Copies);
        }

        return Task.FromResult(FlushResult.Committed);
    }

    public void Dispose()
    {
        _commands.Dispose();
        _readers.Dispose();
        _control.Dispose();
    }

    public static UserCreated Created(string id, string name = "Ada") => new() { UserId = id, Name = name, Email = "ada@example.com" };

    public static UserUpdated Renamed(string id, string name) => new() { UserId = id, Name = name };

    public static string TypeOf(LogRecord record) => record.Headers.Get(HeaderName.Type)!;

    public static JsonNode DataOf(LogRecord record) => JsonNode.Parse(record.Value.Span)!;
}
