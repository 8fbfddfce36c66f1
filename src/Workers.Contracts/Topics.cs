namespace Workers.Contracts;

/// <summary>The platform's own topics. The public feeds (<c>command-events</c>, …) are made from these by the feeds role.</summary>
public static class Topics
{
    /// <summary>Keyed by aggregate id; written by doors, other systems, sagas, timers and results of effects.</summary>
    public const string Commands = "workers.commands";

    /// <summary>Keyed by aggregate id; domain events and <c>CommandCompleted</c>.</summary>
    public const string Events = "workers.events";

    /// <summary>Keyed by flow instance id; the events that a flow waits for or starts from.</summary>
    public const string Flows = "workers.flows";

    /// <summary>Keyed by aggregate id; calls to the outside world.</summary>
    public const string Effects = "workers.effects";

    /// <summary>One partition; pauses, fences, cancels and other things that concern every worker.</summary>
    public const string Control = "workers.control";

    /// <summary>What became of commands: <c>command.executed</c> and the like, keyed by the command's key.</summary>
    public const string CommandEvents = "command-events";

    /// <summary>Domain events of orders, keyed by the order's id.</summary>
    public const string OrderEvents = "order-events";

    /// <summary>All domain events, and those that callers posted, keyed by the entity's id.</summary>
    public const string CqrsEvents = "cqrs-events";

    /// <summary>How users, payments, orders and products stand after a change: <c>user_created</c> and the like, keyed by the entity's id.</summary>
    public const string RepositoryEvents = "repository-events";

    /// <summary>The platform's own topics.</summary>
    public static IReadOnlyList<string> All { get; } = [Commands, Events, Flows, Effects, Control];

    /// <summary>Those whose records lie in the partition of their key; they have as many partitions as each other.</summary>
    public static IReadOnlyList<string> Keyed { get; } = [Commands, Events, Flows, Effects];

    /// <summary>The public feeds, for other systems to read.</summary>
    public static IReadOnlyList<string> Feeds { get; } = [CommandEvents, OrderEvents, CqrsEvents, RepositoryEvents];
}
