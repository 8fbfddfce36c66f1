using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Metrics;
using Workers.Engine.Store;
using Workers.Handlers.Projections;

namespace Workers.Handlers.Metrics;

/// <summary>The end of a command, as its last event or its <c>CommandCompleted</c> tells it. What the platform sends itself on the way is not counted.</summary>
internal static class CommandEnds
{
    public static CommandEnd? Of(LogRecord record)
    {
        if (record.Headers.Has(HeaderName.Origin))
        {
            return null;
        }

        if (Completed.Of(record.Headers) is { } last)
        {
            return Of(last.Type, CommandState.Succeeded, last.Attempts, record.TimestampMs + (long)Math.Round(last.RunMs), last.QueueMs, last.RunMs);
        }

        if (record.Headers.Get(HeaderName.Type) != nameof(CommandCompleted))
        {
            return null;
        }

        var completed = (CommandCompleted)EventCatalog.Of<CommandCompleted>().Read(record.Value.Span);
        var row = CommandRows.Of(record, completed);
        return Of(completed.CommandType, row.State, row.Attempts, row.CompletedMs, completed.QueueMs, completed.RunMs);
    }

    private static CommandEnd? Of(string type, CommandState state, int attempts, long endedMs, decimal? queueMs, decimal runMs)
    {
        var info = CommandCatalog.Find(type);
        return info is { IsInternal: true } || !IsEnd(state) || !IdRules.IsId(type) ? null
            : new CommandEnd(
                info?.Name ?? type, info?.Kind ?? Kind.System, state, attempts, endedMs, queueMs is { } queued ? Microseconds(queued) : null, Microseconds(runMs));
    }

    private static bool IsEnd(CommandState state) =>
        state is CommandState.Succeeded or CommandState.Failed or CommandState.DeadLettered or CommandState.Cancelled or CommandState.Undone;

    private static long Microseconds(decimal ms) => (long)(Math.Clamp(ms, 0, 1_000_000_000_000) * 1_000);
}
