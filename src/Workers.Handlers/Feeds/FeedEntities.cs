using Workers.Contracts.Events;
using Workers.Engine.Store;
using Workers.Engine.Waiting;
using Workers.Handlers.Projections;

namespace Workers.Handlers.Feeds;

/// <param name="View">As it is shown; null until it was.</param>
internal sealed record FeedEntity(ModelType Type, long Version, object? State, byte[]? View);

/// <summary>
/// Entities as each event left them, folded from their own events alone: the state store may be ahead. What was folded lately is remembered; of anything else the
/// events are read again, from the last copy on that is kept of every hundredth version. Tests: FeedHandlerTests.
/// </summary>
internal sealed class FeedEntities(StateReaders readers, SensitiveMask mask)
{
    /// <summary>Entities of a few KB: some MB.</summary>
    private const int Remembered = 4_000;
    private const int CopyEvery = 100;
    private const int Page = 1_000;

    private readonly Recent<ModelKey, FeedEntity> _recent = new(Remembered);

    // A batch may have more entities than are remembered.
    private readonly Dictionary<ModelKey, FeedEntity> _batch = [];

    /// <summary>Reads what these events, in order, are folded into.</summary>
    public void Load(IEnumerable<ModelEvent> events)
    {
        _batch.Clear();
        var (seen, missing) = (new HashSet<ModelKey>(), new List<ModelEvent>());
        foreach (var e in events.Where(e => seen.Add(e.Key)))
        {
            var known = _recent.TryGet(e.Key, out var entity) ? entity : null;
            if (known is not null)
            {
                _batch.Add(e.Key, known);
            }

            if (e.Version > (known?.Version ?? 0) + 1)
            {
                missing.Add(e);
            }
        }

        if (missing.Count == 0)
        {
            return;
        }

        using var loan = readers.Rent();
        var copies = new Dictionary<StateKey, StateRow>();
        loan.Reader.FindStates([.. missing.Select(e => CopyKey(e.Key))], copies);
        foreach (var e in missing)
        {
            _batch[e.Key] = Fold(loan.Reader, e, copies.GetValueOrDefault(CopyKey(e.Key)));
        }
    }

    /// <summary>The entity before and after the event; null for one that was told of before.</summary>
    public (FeedEntity? Before, FeedEntity After)? Apply(ModelEvent e)
    {
        var before = _batch.GetValueOrDefault(e.Key);
        if (e.Version <= (before?.Version ?? 0))
        {
            return null;
        }

        var after = new FeedEntity(e.Key.Type, e.Version, e.Key.Type.Fold(before?.State, e.Happened, e.At), null);
        _batch[e.Key] = after;
        return (before, after);
    }

    /// <summary>As it is shown; null where its events do not begin with its creation.</summary>
    public byte[]? Show(ModelKey key, FeedEntity entity)
    {
        if (entity.State is null || entity.View is not null)
        {
            return entity.View;
        }

        var shown = entity with { View = entity.Type.View(entity.State, entity.Version, mask) };
        if (ReferenceEquals(_batch.GetValueOrDefault(key), entity))
        {
            _batch[key] = shown;
        }

        return shown.View;
    }

    /// <summary>The copies that fall due with these events: written together with the position.</summary>
    public List<StateWrite> Copies(IEnumerable<ModelEvent> events)
    {
        var due = events.Where(e => e.Version % CopyEvery == 0).GroupBy(e => e.Key).Select(g => g.Last()).ToList();
        var writes = new List<StateWrite>();
        if (due.Count == 0)
        {
            return writes;
        }

        using var loan = readers.Rent();
        var stored = new Dictionary<StateKey, StateRow>();
        loan.Reader.FindStates([.. due.Select(e => CopyKey(e.Key))], stored);
        foreach (var e in due)
        {
            var previous = stored.TryGetValue(CopyKey(e.Key), out var row) ? row.Version : 0;
            if (_batch.TryGetValue(e.Key, out var entity) && entity is { State: { } state } && entity.Version > previous)
            {
                writes.Add(new StateWrite(CopyKey(e.Key), previous, entity.Version, entity.Type.Write(state), null, e.At.ToUnixTimeMilliseconds(), null));
            }
        }

        return writes;
    }

    /// <summary>The batch was told: what its entities are now is remembered.</summary>
    public void Keep()
    {
        foreach (var (key, entity) in _batch)
        {
            _recent.Set(key, entity);
        }

        _batch.Clear();
    }

    /// <summary>Forgets all: what was remembered may not have been told.</summary>
    public void Clear()
    {
        _recent.Clear();
        _batch.Clear();
    }

    private static FeedEntity Fold(IStateReader reader, ModelEvent upTo, StateRow? copy)
    {
        var type = upTo.Key.Type;
        var (state, version) = copy is { } row && row.Version < upTo.Version ? (type.Read(row.Data.Span), row.Version) : (null, 0L);
        while (version < upTo.Version - 1)
        {
            var events = reader.Events(new StateKey(type.Entity, upTo.Key.Id), version + 1, (int)Math.Min(Page, upTo.Version - 1 - version));
            if (events.Count == 0)
            {
                break;
            }

            foreach (var e in events)
            {
                var happened = EventCatalog.Find(e.Type)?.Read(e.Data);
                state = happened is null ? state : type.Fold(state, happened, DateTimeOffset.FromUnixTimeMilliseconds(e.AtMs));
                version = e.Version;
            }
        }

        return new FeedEntity(type, upTo.Version - 1, state, null);
    }

    private static StateKey CopyKey(ModelKey key) => new($"feed:{key.Type.Entity}", key.Id);
}
