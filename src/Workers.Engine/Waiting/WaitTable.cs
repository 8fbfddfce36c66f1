using System.Runtime.InteropServices;

namespace Workers.Engine.Waiting;

/// <summary>Who waits, by id. Not safe for concurrent use: the waiter locks around it.</summary>
internal sealed class WaitTable
{
    private readonly Dictionary<Guid, OutcomeWait> _byId = [];

    public int Count => _byId.Count;

    public void Add(OutcomeWait wait)
    {
        ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(_byId, wait.Id, out _);
        wait.Next = first;
        first = wait;
    }

    /// <summary>All who wait for the id, as a chain; null where nobody does.</summary>
    public OutcomeWait? Take(Guid id) => _byId.Remove(id, out var first) ? first : null;

    public void Remove(OutcomeWait wait)
    {
        for (var other = Take(wait.Id); other is not null;)
        {
            var next = other.Next;
            if (other != wait)
            {
                Add(other);
            }

            other = next;
        }
    }

    /// <summary>Adds to the lists whose time is over, and which ids have been waited for since before <paramref name="askBefore"/>.</summary>
    public void Look(long now, long askBefore, List<OutcomeWait> over, List<Guid> ask)
    {
        foreach (var (id, first) in _byId)
        {
            var asks = false;
            for (var wait = first; wait is not null; wait = wait.Next)
            {
                if (wait.Until <= now)
                {
                    over.Add(wait);
                }
                else
                {
                    asks |= wait.Since <= askBefore;
                }
            }

            if (asks)
            {
                ask.Add(id);
            }
        }

        over.ForEach(Remove);
    }
}
