using System.Text.Json.Serialization.Metadata;
using Workers.Contracts.Events;
using Workers.Engine.Session;

namespace Workers.Engine.Commands;

/// <summary>Folds an event into a state; the first one makes it.</summary>
public delegate T? Fold<T>(T? state, IDomainEvent happened, DateTimeOffset at)
    where T : class;

/// <summary>A kind of aggregate: immutable state, changed by folding events.</summary>
public sealed class AggregateType<T>(string kind, JsonTypeInfo<T> json, Fold<T> fold)
    where T : class
{
    public StateType<T> State { get; } = new(kind, json);

    public Fold<T> Fold { get; } = fold;
}
