using Workers.Contracts.Events;
using Workers.Engine.Projections;

namespace Workers.Handlers.Projections;

/// <param name="Version">The entity's version after it; 0 for one that a caller posted: it is shown, and changes no version.</param>
internal sealed record ModelEvent(ModelKey Key, long Version, IDomainEvent Happened, DateTimeOffset At);

/// <summary>
/// Folds a batch of events into the models they change, each written once. The states come from the models themselves, so this needs nothing but
/// the events and its own store; what was folded lately is remembered.
/// </summary>
internal sealed class ModelFold(IReadModelStore store, SensitiveMask mask)
{
    /// <summary>Models of a few KB: some MB.</summary>
    private const int Remembered = 4_000;

    private readonly ModelCache _cache = new(Remembered);

    public async Task ApplyAsync(IReadOnlyList<ModelEvent> events, List<ReadModel> changed, CancellationToken cancellation)
    {
        // A batch may touch more than is remembered.
        var current = new Dictionary<ModelKey, FoldedModel>();
        foreach (var missing in Missing(events, current).GroupBy(key => key.Type))
        {
            var ids = missing.Select(key => key.Id).ToList();
            foreach (var model in await store.FindAllAsync(missing.Key.Name, ids, cancellation).ConfigureAwait(false))
            {
                current[new ModelKey(missing.Key, model.Id)] = new FoldedModel(model.Version, missing.Key.Read(model.State));
            }
        }

        var touched = new HashSet<ModelKey>();
        foreach (var e in events)
        {
            var before = current.GetValueOrDefault(e.Key, FoldedModel.None);
            if (e.Version > 0 && e.Version <= before.Version)
            {
                continue;
            }

            if (Fold(e, before) is { } state)
            {
                current[e.Key] = new FoldedModel(Math.Max(e.Version, before.Version), state);
                touched.Add(e.Key);
            }
        }

        foreach (var key in touched)
        {
            var model = current[key];
            _cache.Set(key, model);
            changed.Add(key.Type.Show(key.Id, model.Version, model.State!, mask));
        }
    }

    private object? Fold(ModelEvent e, FoldedModel before)
    {
        try
        {
            var state = e.Key.Type.Fold(before.State, e.Happened, e.At);
            if (e.Version == 0 && state is not null)
            {
                e.Key.Type.Show(e.Key.Id, before.Version, state, mask);
            }

            return state;
        }
#pragma warning disable CA1031 // Part of a loop that must go on: an event that a caller posted may lack anything, and then changes nothing.
        catch (Exception) when (e.Version == 0)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    /// <summary>Forgets all: what was remembered may not have been written.</summary>
    public void Clear() => _cache.Clear();

    // Takes what is remembered; to be read is what is not, or is behind the event. What an entity begins with needs nothing.
    private HashSet<ModelKey> Missing(IReadOnlyList<ModelEvent> events, Dictionary<ModelKey, FoldedModel> current)
    {
        var (seen, missing) = (new HashSet<ModelKey>(), new HashSet<ModelKey>());
        foreach (var e in events)
        {
            if (!seen.Add(e.Key))
            {
                continue;
            }

            var known = _cache.Find(e.Key);
            if (known is not null)
            {
                current[e.Key] = known;
            }

            if (known is null ? e.Version != 1 : e.Version > known.Version + 1)
            {
                missing.Add(e.Key);
            }
        }

        return missing;
    }
}
