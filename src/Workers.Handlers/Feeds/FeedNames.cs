using Workers.Contracts;
using Workers.Contracts.Events;
using Workers.Engine.Store;

namespace Workers.Handlers.Feeds;

/// <summary>What is public, and by which name: the types of the feeds' CloudEvents. Tests: FeedNamesTests.</summary>
internal static class FeedNames
{
    public const string Queued = "command.queued";

    public const string Scheduled = "command.scheduled";

    public const string MetricsSnapshot = "metrics.snapshot";

    /// <summary>The command has reached this state; null for one that is not told.</summary>
    public static string? Of(CommandState state) => state switch
    {
        CommandState.Succeeded => "command.executed",
        CommandState.Failed or CommandState.DeadLettered => "command.failed",
        CommandState.Cancelled => "command.cancelled",
        CommandState.Undone => "command.undone",
        CommandState.Scheduled => Scheduled,
        CommandState.Queued => Queued,
        _ => null,
    };

    /// <summary>The feeds that tell of an event of our own, each with the type it has there.</summary>
    public static IEnumerable<(string Topic, string Type)> Of(EventInfo info)
    {
        if (info.Entity is "command" or "flow" or "key" or "read_model" or "dead_letter" or "replay" or "cancellation")
        {
            // A command's end is told as the command's own event, with the whole command; what flows are asked is their own affair, as
            // are read models, and keys and what cannot be executed are the admin's.
            yield break;
        }

        yield return (Topics.CqrsEvents, info.Name);
        if (info.Entity == "order")
        {
            yield return (Topics.OrderEvents, info.Name);
        }

        if (info.FeedName is { } name)
        {
            yield return (Topics.RepositoryEvents, name);
        }

        if (OfPlatform(info.Type) is { } told)
        {
            yield return (Topics.CommandEvents, told);
        }
    }

    private static string? OfPlatform(Type happened) =>
        happened == typeof(AuditRecorded) ? "audit.recorded"
        : happened == typeof(HandlerRegistered) ? "handler.registered"
        : happened == typeof(HandlerUnregistered) ? "handler.unregistered"
        : happened == typeof(HandlerAvailable) ? "handler.available"
        : happened == typeof(HandlerUnavailable) ? "handler.unavailable"
        : null;

    /// <summary>Doors whose callers are not told the outcome: what comes by them is told when it is accepted.</summary>
    public static bool IsAsync(string? door) => door is "execute-async" or "queue" or "cqrs" or "kafka";

    /// <summary>Doors whose callers wait: what comes by them counts as queued when it did not start within the wait.</summary>
    public static bool Waits(string? door) => door is "execute" or "batch" or "resource";
}
