using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Handlers.Projections;

/// <summary>The list of commands: what was accepted, of every door and of the platform itself, and what became of it.</summary>
internal static class CommandRows
{
    private const int TraceIdAt = 3;
    private const int TraceIdLength = 32;

    /// <exception cref="System.Text.Json.JsonException">Its data are no JSON object.</exception>
    public static CommandRow Of(LogRecord record, SensitiveMask mask)
    {
        var headers = record.Headers;
        var type = headers.Get(HeaderName.Type) ?? "";
        var info = CommandCatalog.Find(type);
        return new CommandRow(
            record.Id, headers.Get(HeaderName.CommandId), type, info?.Kind ?? "", record.Key, headers.Get(HeaderName.Source) ?? "anonymous",
            headers.Get(HeaderName.Door) ?? "", record.TimestampMs, headers.Get(HeaderName.UserId),
            headers.Get(HeaderName.CorrelationId) ?? record.Id.ToString(), headers.Get(HeaderName.CausationId), headers.Get(HeaderName.ScheduleId),
            TraceId(headers.Get(HeaderName.TraceParent)), mask.Apply(record.Value, info?.Type));
    }

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

    /// <summary>Of a W3C trace context: <c>00-{trace id}-{span id}-{flags}</c>.</summary>
    private static string? TraceId(string? parent) =>
        parent is { Length: > TraceIdAt + TraceIdLength } ? parent.Substring(TraceIdAt, TraceIdLength) : null;
}
