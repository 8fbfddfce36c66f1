using Workers.Contracts;
using Workers.Contracts.Events;

namespace Workers.Engine.Commands;

/// <summary>
/// Which flows get a copy of an event because of its type, beside those named by the command that caused it: the one that starts, or goes on, with
/// it. Filled at start by the flows' registration.
/// </summary>
public sealed class FlowRoutes
{
    private readonly Dictionary<string, HashSet<Type>> _waits = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, List<(string Saga, Func<IDomainEvent, string?> Key)>> _routes = [];

    /// <summary>What a flow waits for: only that is copied to it.</summary>
    public FlowRoutes Waits(string saga, IEnumerable<Type> events)
    {
        _waits.Add(saga, events.ToHashSet());
        return this;
    }

    /// <param name="key">The flow's business key; null where this event does not concern it.</param>
    public FlowRoutes On<T>(string saga, Func<T, string?> key)
        where T : class, IDomainEvent
    {
        if (!_routes.TryGetValue(typeof(T), out var list))
        {
            _routes.Add(typeof(T), list = []);
        }

        list.Add((saga, e => key((T)e)));
        return this;
    }

    /// <summary>The flows of a comma-separated list that wait for such an event; what another system wrote there and is none is passed over.</summary>
    internal IEnumerable<string> Of(string? flows, IDomainEvent happened) => flows is null
        ? []
        : flows.Split(',').Where(f => f.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash
            && _waits.TryGetValue(f[..slash], out var types) && types.Contains(happened.GetType()) && Guid.TryParseExact(f[(slash + 1)..], "D", out _));

    /// <summary><c>{saga}/{instance}</c> of each flow that this event concerns by its type.</summary>
    internal IEnumerable<string> Of(IDomainEvent happened)
    {
        if (!_routes.TryGetValue(happened.GetType(), out var list))
        {
            yield break;
        }

        foreach (var (saga, key) in list)
        {
            if (key(happened) is { } id)
            {
                yield return $"{saga}/{Ids.Flow(saga, id)}";
            }
        }
    }
}
