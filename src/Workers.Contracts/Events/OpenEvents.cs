using Workers.Contracts.Commands;

namespace Workers.Contracts.Events;

/// <summary>Events of the entities, and those that only callers know: they may be posted, and delivered to handlers. What the platform tells of itself is its own.</summary>
public static class OpenEvents
{
    /// <summary>What an event that a caller posted has as its origin.</summary>
    public const string External = "external";

    public static bool IsOne(string? type) => IdRules.IsId(type) && (EventCatalog.Find(type!) is not { } info
        || (!info.IsAnnounced && info.Entity is "user" or "order" or "payment" or "product"));
}
