using Workers.Contracts;
using Workers.Contracts.Events;

namespace Workers.Engine.Commands;

/// <summary>
/// Which flows get a copy of an event because of its type, beside those named by the command that caused it: the one that starts, or goes on, with
/// it. Filled at start by the flows' registration.
/// </summary>
public sealed class FlowRoutes
{
    private static readonly List<FlowAddress> None = [];

    private readonly Dictionary<string, (string Saga, HashSet<Type> Events)> _waits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Saga, HashSet<Type> Events)>.AlternateLookup<ReadOnlySpan<char>> _bySaga;
    private readonly Dictionary<Type, List<(string Saga, Func<IDomainEvent, string?> Key)>> _routes = [];

    public FlowRoutes() => _bySaga = _waits.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>What a flow waits for: only that is copied to it.</summary>
    public FlowRoutes Waits(string saga, IEnumerable<Type> events)
    {
        _waits.Add(saga, (saga, events.ToHashSet()));
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

    /// <summary>The flows that get a copy, each once: of those that the record in hand names (comma-separated), those that wait for it; then those that it concerns by its type.</summary>
    internal List<FlowAddress> Of(string? named, IDomainEvent happened)
    {
        var found = Waiting(named, happened);
        if (_routes.TryGetValue(happened.GetType(), out var routes))
        {
            foreach (var (saga, key) in routes)
            {
                if (key(happened) is { } id)
                {
                    Add(ref found, new FlowAddress(saga, Ids.Flow(saga, id).ToString()));
                }
            }
        }

        return found;
    }

    /// <summary>The flows of a comma-separated list that wait for such an event; what another system wrote there and is none is passed over.</summary>
    internal List<FlowAddress> Waiting(string? named, IDomainEvent happened)
    {
        var found = None;
        if (named is null)
        {
            return found;
        }

        foreach (var part in named.AsSpan().Split(','))
        {
            var flow = named.AsSpan(part);
            if (flow.IndexOf('/') is > 0 and var slash
                && _bySaga.TryGetValue(flow[..slash], out var waits) && waits.Events.Contains(happened.GetType()) && Guid.TryParseExact(flow[(slash + 1)..], "D", out _))
            {
                Add(ref found, new FlowAddress(waits.Saga, flow[(slash + 1)..].ToString()));
            }
        }

        return found;
    }

    // Most events concern no flow or one: nothing is allocated before there is one.
    private static void Add(ref List<FlowAddress> found, FlowAddress flow)
    {
        if (found.Count == 0)
        {
            found = new List<FlowAddress>(1);
        }

        if (!found.Contains(flow))
        {
            found.Add(flow);
        }
    }
}

/// <summary>An instance of a flow: the saga's name, and the record's key on <c>workers.flows</c>.</summary>
internal readonly record struct FlowAddress(string Saga, string Instance);
