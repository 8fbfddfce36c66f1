namespace Workers.Contracts.Events;

/// <summary>Something that has happened. Past tense names; never changed once written.</summary>
public interface IDomainEvent
{
}

/// <summary>Says which event a record is.</summary>
/// <param name="entity">Whose event it is: user, order, payment, product, notification, audit, system, command, queue, handler, circuit, history, read_model, schedule.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class EventAttribute(string entity) : Attribute
{
    public string Entity { get; } = entity;

    /// <summary>What it is in the entity feed: <c>created</c>, <c>updated</c>, <c>deleted</c>; null where it is not told there.</summary>
    public string? Feed { get; set; }

    public int SchemaVersion { get; set; } = 1;

    /// <summary>Told to whoever waits, but no part of the entity's own stream.</summary>
    public bool Announced { get; set; }
}

/// <summary>The member that is the entity's id.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EntityIdAttribute : Attribute;
