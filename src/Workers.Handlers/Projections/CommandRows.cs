using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Handlers.Projections;

/// <summary>What became of commands, as the list of them has it.</summary>
internal static class CommandRows
{
    public static CommandOutcomeRow Of(LogRecord record, CommandCompleted completed)
    {
        var id = Guid.Parse(completed.CommandId);
        var runMs = (long)Math.Round(completed.RunMs);

        // The record is made when the command that it comes from starts: the completed one itself, or the one that finishes a deferred one.
        var isItself = Guid.TryParse(record.Headers.Get(HeaderName.Command), out var cause) && cause == id;
        var startedMs = isItself ? record.TimestampMs : record.TimestampMs - runMs;
        var state = CommandStates.Find(completed.State) ?? throw new FormatException($"{completed.State} is no state of a command.");
        return new CommandOutcomeRow(id, state, completed.Attempts, startedMs, startedMs + runMs, completed.Code, completed.Message);
    }

    /// <summary>What became of the command whose last event this is; null where it is not.</summary>
    public static CommandOutcomeRow? OfLastEvent(LogRecord record) =>
        Completed.Of(record.Headers) is { } completed && Guid.TryParse(record.Headers.Get(HeaderName.Command), out var id)
            ? new CommandOutcomeRow(
                id, CommandState.Succeeded, completed.Attempts, record.TimestampMs, record.TimestampMs + (long)Math.Round(completed.RunMs), null, null)
            : null;
}
