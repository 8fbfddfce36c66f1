using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Workers.Contracts.Json;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Handlers.Feeds;

/// <summary>A command as callers see it by HTTP, at the moment that is told of.</summary>
internal static class FeedCommand
{
    /// <param name="row">As it was accepted.</param>
    /// <param name="state">The state that is told of.</param>
    /// <param name="end">What became of it; null while nothing has.</param>
    /// <param name="body">Its result, or the error with code and message; empty for none.</param>
    public static byte[] Write(CommandRow row, CommandState state, CommandOutcomeRow? end, ReadOnlySpan<byte> body)
    {
        var output = new ArrayBufferWriter<byte>(512 + row.Data.Length + body.Length);
        using var writer = new Utf8JsonWriter(output, JsonWriting.Options);
        writer.WriteStartObject();
        writer.WriteString("id"u8, row.Id);
        writer.WriteString("command_id"u8, row.CallerId ?? row.Id.ToString());
        writer.WriteString("type"u8, row.Type);
        writer.WriteString("kind"u8, row.Kind);
        writer.WriteString("key"u8, row.Key);
        writer.WriteString("state"u8, state.Name());
        Time(writer, "submitted_at", row.SubmittedMs);
        Time(writer, "started_at", end?.StartedMs ?? 0);
        Time(writer, "completed_at", end?.CompletedMs ?? 0);
        writer.WriteNumber("attempts"u8, end?.Attempts ?? 0);
        Raw(writer, "data", row.Data);
        End(writer, state, end, body);
        Text(writer, "user_id", row.UserId);
        Text(writer, "correlation_id", row.CorrelationId);
        Text(writer, "causation_id", row.CausationId);
        Text(writer, "schedule_id", row.ScheduleId);
        Text(writer, "trace_id", row.TraceId);
        writer.WriteStartObject("links"u8);
        writer.WriteString("self"u8, $"/api/v1/commands/{row.Id}");
        writer.WriteString("events"u8, $"/api/v1/commands/{row.Id}/events");
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static void End(Utf8JsonWriter writer, CommandState state, CommandOutcomeRow? end, ReadOnlySpan<byte> body)
    {
        var failed = state is CommandState.Failed or CommandState.DeadLettered;
        if (!body.IsEmpty)
        {
            Raw(writer, failed ? "error" : "result", body);
        }
        else if (end?.Code is { } code)
        {
            writer.WriteStartObject("error"u8);
            writer.WriteString("code"u8, code);
            Text(writer, "message", end.Message);
            writer.WriteEndObject();
        }
    }

    private static void Text(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void Raw(Utf8JsonWriter writer, string name, ReadOnlySpan<byte> json)
    {
        if (!json.IsEmpty)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(json, skipInputValidation: true);
        }
    }

    private static void Time(Utf8JsonWriter writer, string name, long ms)
    {
        if (ms > 0)
        {
            Span<char> text = stackalloc char[24];
            DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            writer.WriteString(name, text[..length]);
        }
    }
}
