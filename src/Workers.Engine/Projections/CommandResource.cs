using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Unicode;
using Workers.Contracts.Json;
using Workers.Engine.Store;

namespace Workers.Engine.Projections;

/// <summary>A command as callers see it, at the doors, in feeds and in webhooks.</summary>
public static class CommandResource
{
    /// <summary>Where commands are undone.</summary>
    public const string UndoPath = "/api/v1/commands/undo";

    public static void Write(Utf8JsonWriter writer, CommandView view)
    {
        var row = view.Row;
        Span<byte> id = stackalloc byte[36];
        row.Id.TryFormat(id, out _);
        writer.WriteStartObject();
        writer.WriteString("id"u8, id);
        if (row.CallerId is null)
        {
            writer.WriteString("command_id"u8, id);
        }
        else
        {
            writer.WriteString("command_id"u8, row.CallerId);
        }

        writer.WriteString("type"u8, row.Type);
        writer.WriteString("kind"u8, row.Kind);
        writer.WriteString("key"u8, row.Key);
        writer.WriteString("state"u8, view.State.Name());
        if (view.WithStatus || row.Door == CommandRow.CqrsDoor)
        {
            writer.WriteString("status"u8, view.State.Name());
        }

        writer.WriteTime("submitted_at", row.SubmittedMs);
        writer.WriteTime("scheduled_at", view.ScheduledMs);
        writer.WriteTime("started_at", view.StartedMs);
        writer.WriteTime("completed_at", view.CompletedMs);
        writer.WriteNumber("attempts"u8, view.Attempts);
        writer.WriteRaw("data", row.Data);
        WriteEnd(writer, view);
        writer.WriteText("user_id", row.UserId);
        writer.WriteText("correlation_id", row.CorrelationId);
        writer.WriteText("causation_id", row.CausationId);
        writer.WriteText("schedule_id", row.ScheduleId);
        writer.WriteText("trace_id", row.TraceId);
        WriteLinks(writer, view);
        writer.WriteEndObject();
    }

    /// <summary><c>result</c> of a success, <c>error</c> of what failed or is tried again.</summary>
    public static void WriteEnd(Utf8JsonWriter writer, CommandView view)
    {
        if (view.Outcome is { IsFinal: true } outcome)
        {
            writer.WriteRaw(view.State is CommandState.Failed or CommandState.DeadLettered or CommandState.Cancelled ? "error" : "result", outcome.Body);
        }
        else if (view.Outcome is null && view.Row.Outcome is { Code: { } code } known)
        {
            WriteError(writer, code, known.Message);
        }
        else if (view is { Outcome: null, Parked: { ErrorType: { } type } parked })
        {
            WriteError(writer, type, parked.Error);
        }
    }

    private static void WriteError(Utf8JsonWriter writer, string code, string? message)
    {
        writer.WriteStartObject("error"u8);
        writer.WriteString("code"u8, code);
        writer.WriteText("message", message);
        writer.WriteEndObject();
    }

    private static void WriteLinks(Utf8JsonWriter writer, CommandView view)
    {
        Span<byte> path = stackalloc byte[96];
        writer.WriteStartObject("links"u8);
        writer.WriteString("self"u8, Path(path, $"/api/v1/commands/{view.Row.Id}"));
        writer.WriteString("events"u8, Path(path, $"/api/v1/commands/{view.Row.Id}/events"));
        if (view.State == CommandState.Succeeded && view.Row.IsUndoable)
        {
            writer.WriteString("undo"u8, UndoPath);
        }

        if (view is { Outcome: null or { State: CommandState.Scheduled }, Row.Outcome: null })
        {
            writer.WriteString("cancel"u8, Path(path, $"/api/v1/commands/{view.Row.Id}/cancel"));
        }

        writer.WriteString("console"u8, Path(path, $"/console/commands/{view.Row.Id}"));
        if (view.First is { } first)
        {
            writer.WriteString("first"u8, Path(path, $"/api/v1/commands/{first}"));
        }

        if (view.Alternates.Count > 0)
        {
            writer.WriteTexts("alternates", [.. view.Alternates.Select(id => $"/api/v1/commands/{id}")]);
        }

        writer.WriteEndObject();
    }

    private static ReadOnlySpan<byte> Path(Span<byte> room, [InterpolatedStringHandlerArgument(nameof(room))] ref Utf8.TryWriteInterpolatedStringHandler path) =>
        Utf8.TryWrite(room, ref path, out var length) ? room[..length] : throw new InvalidOperationException("A link is longer than its room.");
}
