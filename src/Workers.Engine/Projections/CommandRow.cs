using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Contracts.Json;
using Workers.Engine.Log;

namespace Workers.Engine.Projections;

/// <summary>A command as it was accepted.</summary>
public sealed record CommandRow(
    Guid Id, string? CallerId, string Type, string Kind, string Key, string Caller, string Door, long SubmittedMs, string? UserId, string? CorrelationId,
    string? CausationId, string? ScheduleId, string? TraceId, byte[] Data)
{
    /// <summary>The door of commands for a time of their own.</summary>
    public const string DelayedDoor = "schedule";

    /// <summary>The door of document 001.</summary>
    public const string CqrsDoor = "cqrs";

    /// <summary>Of producers of other systems.</summary>
    public const string KafkaDoor = "kafka";

    // Of a W3C trace context: 00-{trace id}-{span id}-{flags}.
    private const int TraceIdAt = 3;
    private const int TraceIdLength = 32;

    /// <summary>Null while none is known here: the outcome store is asked.</summary>
    public CommandOutcomeRow? Outcome { get; init; }

    /// <summary>Whether such a command can be undone at all. What a flow has done to a stock is undone by the flow.</summary>
    public bool IsUndoable => CommandCatalog.Find(Type) is { IsUndoable: true } info && !(Door == "saga" && info.Type == typeof(AdjustInventory));

    /// <summary>A command's record in the log, as it is listed.</summary>
    /// <param name="record">Of any sender.</param>
    /// <param name="data">Its data as they may be shown.</param>
    public static CommandRow Of(LogRecord record, Func<CommandInfo, byte[]> data)
    {
        var headers = record.Headers;
        var type = headers.Get(HeaderName.Type) ?? "";
        var info = CommandCatalog.FindOrCustom(type);
        return new CommandRow(
            record.Id, headers.Get(HeaderName.CommandId), type, info.Kind, record.Key, headers.Get(HeaderName.Source) ?? "anonymous",
            headers.Get(HeaderName.Door) ?? "", record.TimestampMs, headers.Get(HeaderName.UserId),
            headers.Get(HeaderName.CorrelationId) ?? record.Id.ToString(), headers.Get(HeaderName.CausationId), headers.Get(HeaderName.ScheduleId),
            TraceIdOf(headers.Get(HeaderName.TraceParent)), data(info));
    }

    /// <summary>The same for whoever looks. Another system's record may be anything: what is no JSON object of whole characters is not shown here, but as a dead letter.</summary>
    public static CommandRow Shown(LogRecord record, IDataMask mask) => Of(record, info =>
    {
        try
        {
            return JsonUnicode.IsWhole(record.Value.Span) ? mask.Apply(record.Value, info.Type) : [];
        }
        catch (JsonException)
        {
            return [];
        }
    });

    private static string? TraceIdOf(string? parent) =>
        parent is { Length: > TraceIdAt + TraceIdLength } ? parent.Substring(TraceIdAt, TraceIdLength) : null;
}
