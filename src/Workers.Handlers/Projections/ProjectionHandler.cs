using System.Text.Json;
using Workers.Contracts;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Follow;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Handlers.Audit;

namespace Workers.Handlers.Projections;

/// <summary>
/// Read models and the list of commands, from <c>workers.commands</c> and <c>workers.events</c>. A model is folded from its events and its own last
/// state, never looked up in the state store: it can be in another database, and shows events that callers posted, which the write model never
/// sees. Tests: ProjectionTests.
/// </summary>
/// <param name="keepEvents">Events that stay listed at least.</param>
/// <param name="repeats">Which of the listed commands repeat others.</param>
internal sealed class ProjectionHandler(IReadModelStore store, SensitiveMask mask, int keepEvents, ListedRepeats repeats) : IFollowHandler
{
    private readonly ModelFold _fold = new(store, mask);
    private readonly List<ModelEvent> _events = [];
    private readonly List<CommandRow> _commands = [];
    private readonly List<CommandOutcomeRow> _outcomes = [];
    private readonly List<ListedEvent> _listed = [];
    private readonly List<SavedModel> _saved = [];
    private long _clearBefore;

    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        store.TakeAsync(group, partition, cancellation);

    public void Add(LogRecord record)
    {
        if (record.Topic is Topics.Commands or Topics.Control)
        {
            _commands.Add(CommandRow.Of(record, info => mask.Apply(record.Value, info.Type)));
            return;
        }

        if (CommandRows.OfLastEvent(record) is { } outcome)
        {
            _outcomes.Add(outcome);
        }

        // An event of a type that is not known here is somebody else's.
        var external = record.Headers.Has(HeaderName.Origin);
        if (EventCatalog.Find(record.Headers.Get(HeaderName.Type) ?? "") is not { } info)
        {
            List(record, external);
            return;
        }

        if (external || !info.IsAnnounced)
        {
            Take(record, info, external);
        }
        else if (info.Type == typeof(CommandCompleted))
        {
            _outcomes.Add(CommandRows.Of(record, (CommandCompleted)info.Read(record.Value.Span)));
        }
        else if (info.Type == typeof(HistoryCleared))
        {
            _clearBefore = ((HistoryCleared)info.Read(record.Value.Span)).BeforeMs;
        }
        else if (info.Type == typeof(ReadModelSaved))
        {
            var saved = (ReadModelSaved)info.Read(record.Value.Span);
            var data = mask.Apply(JsonText.Of(saved.Data ?? []), null);
            _saved.Add(new SavedModel(saved.ModelType, saved.ModelId, saved.Version, false, record.TimestampMs, record.TimestampMs, data) { Place = (record.Partition, record.Offset) });
        }
        else if (info.Type == typeof(ReadModelDeleted))
        {
            var gone = (ReadModelDeleted)info.Read(record.Value.Span);
            _saved.Add(new SavedModel(gone.ModelType, gone.ModelId, gone.Version, true, record.TimestampMs, record.TimestampMs, []) { Place = (record.Partition, record.Offset) });
        }
    }

    public async Task<FlushResult> CommitAsync(IReadOnlyList<PositionMove> positions, CancellationToken cancellation)
    {
        var batch = new ReadModelBatch();
        batch.Commands.AddRange(_commands);
        batch.Outcomes.AddRange(_outcomes);
        batch.ClearCommandsBefore = _clearBefore;
        if (_clearBefore > 0)
        {
            var ended = await repeats.EndedAsync(_clearBefore, _commands, cancellation).ConfigureAwait(false);
            batch.Commands.RemoveAll(row => ended.Contains(row.Id));
            batch.ForgottenCommands.AddRange(ended);
        }

        batch.Events.AddRange(NewestListed());
        batch.KeepEvents = keepEvents;
        batch.Saved.AddRange(_saved);
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

    // The newest as the list has them, whichever partition was read first.
    private IEnumerable<ListedEvent> NewestListed() => keepEvents <= 0 || _listed.Count <= keepEvents
        ? _listed
        : _listed.OrderBy(listed => listed.AtMs).ThenBy(listed => listed.Id).Skip(_listed.Count - keepEvents);

    private void ClearBatch()
    {
        _events.Clear();
        _commands.Clear();
        _outcomes.Clear();
        _listed.Clear();
        _saved.Clear();
        _clearBefore = 0;
    }

    private void Take(LogRecord record, EventInfo info, bool external)
    {
        if (ModelTypes.OfEntity(info.Entity) is { } type && Read(record, info, external) is { } happened)
        {
            var at = DateTimeOffset.FromUnixTimeMilliseconds(record.TimestampMs);
            _events.Add(new ModelEvent(new ModelKey(type, record.Key), Version(record), happened, at));
        }

        List(record, external);
    }

    /// <summary>What callers post need not have all that ours has: it changes no model then.</summary>
    private static IDomainEvent? Read(LogRecord record, EventInfo info, bool external)
    {
        try
        {
            return info.Read(record.Value.Span);
        }
        catch (JsonException) when (external)
        {
            return null;
        }
    }

    private void List(LogRecord record, bool external)
    {
        var headers = record.Headers;
        _listed.Add(new ListedEvent(
            record.Id, headers.Get(HeaderName.Type) ?? "", headers.Get(HeaderName.Entity), record.Key, Version(record), record.TimestampMs, headers.Get(HeaderName.UserId),
            headers.Get(HeaderName.CorrelationId), Guid.TryParse(headers.Get(HeaderName.Command), out var command) ? command : null, external,
            mask.Apply(record.Value, EventCatalog.Find(headers.Get(HeaderName.Type) ?? "")?.Type)));
    }

    private static long Version(LogRecord record) => record.Headers.Get(HeaderName.Version) is { } version && !record.Headers.Has(HeaderName.Origin)
        ? long.Parse(version, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture)
        : 0;
}
