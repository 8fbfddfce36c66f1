using Workers.Engine.Store;

namespace Workers.Engine.Session;

/// <summary>
/// The outcomes that this partition has left RUNNING: whoever finishes one finds when it began without a query. What is not here (another worker left
/// it, or there are too many) is in the store.
/// </summary>
internal sealed class DeferredOutcomes(IStateReader reader)
{
    private const int Most = 10_000;

    private readonly Dictionary<Guid, Outcome> _running = [];

    public void Note(OutcomeWrite write)
    {
        var outcome = write.Outcome;
        if (outcome.State != CommandState.Running)
        {
            if (write.Finishes)
            {
                _running.Remove(outcome.Id);
            }
        }
        else if (outcome is { AliasOf: null, State: not CommandState.Scheduled })
        {
            if (_running.Count >= Most)
            {
                _running.Clear();
            }

            _running[outcome.Id] = outcome;
        }
    }

    public Outcome? Find(Guid id)
    {
        if (_running.TryGetValue(id, out var known))
        {
            return known;
        }

        var found = new Dictionary<Guid, Outcome>(1);
        reader.FindOutcomes([id], found);
        return found.GetValueOrDefault(id);
    }

    public void Clear() => _running.Clear();
}
