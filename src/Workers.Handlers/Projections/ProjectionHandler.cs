using Workers.Contracts;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Follow;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Handlers.Projections;

/// <summary>
/// Read models and the list of commands, from <c>workers.commands</c> and <c>workers.events</c>. A model is folded from its events and its own last
/// state, never looked up in the state store: it can be in another database, and shows events that callers posted, which the write model never
/// sees. Tests: ProjectionTests.
/// </summary>
internal sealed class ProjectionHandler(IReadModelStore store, SensitiveMask mask) : IFollowHandler
{
    private readonly ModelFold _fold = new(store, mask);
    private readonly List<ModelEvent> _events = [];
    private readonly List<CommandRow> _commands = [];
    private readonly List<CommandOutcomeRow> _outcomes = [];

    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        store.TakeAsync(group, partition, cancellation);

    public void Add(LogRecord record)
    {
        if (record.Topic is Topics.Commands or Topics.Control)
        {
            _commands.Add(CommandRows.Of(record, mask));
            return;
        }

        if (CommandRows.OfLastEvent(record) is { } outcome)
        {
            _outcomes.Add(outcome);
        }

        // An event of a type that is not known here is somebody else's.
        if (EventCatalog.Find(record.Headers.Get(HeaderName.Type) ?? "") is not { } info)
        {
            return;
        }

        if (info.Type == typeof(CommandCompleted))
        {
            _outcomes.Add(CommandRows.Of(record, (CommandCompleted)info.Read(record.Value.Span)));
        }
        else if (!info.IsAnnounced && ModelTypes.OfEntity(info.Entity) is { } type)
        {
            var at = DateTimeOffset.FromUnixTimeMilliseconds(record.TimestampMs);
            _events.Add(new ModelEvent(new ModelKey(type, record.Key), Version(record), info.Read(record.Value.Span), at));
        }
    }

    public async Task<FlushResult> CommitAsync(IReadOnlyList<PositionMove> positions, CancellationToken cancellation)
    {
        var batch = new ReadModelBatch();
        batch.Commands.AddRange(_commands);
        batch.Outcomes.AddRange(_outcomes);
        await _fold.ApplyAsync(_events, batch.Models, cancellation).ConfigureAwait(false);
        var result = await store.ApplyAsync(positions, batch, cancellation).ConfigureAwait(false);
        ClearBatch();
        return result;
    }

    public void Reset()
    {
        ClearBatch();
        _fold.Clear();
    }

    private void ClearBatch()
    {
        _events.Clear();
        _commands.Clear();
        _outcomes.Clear();
    }

    private static long Version(LogRecord record) => record.Headers.Get(HeaderName.Version) is { } version && !record.Headers.Has(HeaderName.Origin)
        ? long.Parse(version, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture)
        : 0;
}
