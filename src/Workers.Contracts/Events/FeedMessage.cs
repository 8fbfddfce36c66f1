namespace Workers.Contracts.Events;

/// <summary>What a public feed tells of under one type.</summary>
/// <param name="Topic">The feed.</param>
/// <param name="Type">The type of the CloudEvent.</param>
/// <param name="Data">What its data is.</param>
/// <param name="Events">The events that are told so; none for what happens to commands.</param>
public sealed record FeedMessage(string Topic, string Type, FeedData Data, IReadOnlyList<EventInfo> Events);

/// <summary>What the data of a CloudEvent is.</summary>
public enum FeedData
{
    /// <summary>A command, as callers see it.</summary>
    Command,

    /// <summary>The event itself, sensitive members hidden.</summary>
    Event,

    /// <summary>The entity after the event, and before it.</summary>
    Entity,

    /// <summary>Figures of a kind of commands.</summary>
    Figures,
}
