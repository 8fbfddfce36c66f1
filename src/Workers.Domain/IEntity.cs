using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>State folded from events. Instances are never changed; a fold makes new ones.</summary>
public interface IEntity<TSelf>
    where TSelf : class, IEntity<TSelf>
{
    /// <summary>Name of the state and of the entity in events, such as <c>order</c>.</summary>
    static abstract string Kind { get; }

    /// <summary>Deleted, but with its history; to callers it is not there.</summary>
    bool Deleted { get; }

    /// <summary>The state after an event. Events that are no part of the stream change nothing.</summary>
    /// <param name="state">The state before; null before the first event.</param>
    /// <param name="happened">The event.</param>
    /// <param name="at">When it happened.</param>
    static abstract TSelf? Apply(TSelf? state, IDomainEvent happened, DateTimeOffset at);
}

/// <summary>Folding over a whole stream.</summary>
public static class Fold
{
    public static T? Of<T>(T? state, IEnumerable<IDomainEvent> events, DateTimeOffset at)
        where T : class, IEntity<T>
    {
        foreach (var happened in events)
        {
            state = T.Apply(state, happened, at);
        }

        return state;
    }

    /// <summary>The state unless it is deleted.</summary>
    internal static T? Alive<T>(this T? state)
        where T : class, IEntity<T> => state is { Deleted: false } ? state : null;

    /// <summary>Whether an update clears the member.</summary>
    internal static bool Has(this IReadOnlyList<string>? cleared, string name) => cleared is not null && cleared.Contains(name);
}
