using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace Workers.Kafka.Wire;

/// <summary>What another system's record says beside its data: CloudEvents in binary or structured mode, or plain JSON with a <c>type</c> header.</summary>
/// <param name="Type">The command's name; null where only the data say it.</param>
/// <param name="Id">The caller's id of it, in structured mode; in binary mode the record has it.</param>
/// <param name="Source">The caller.</param>
/// <param name="Data">UTF-8 JSON.</param>
internal sealed record CloudEvent(
    string? Type, string? Id, string? Source, string? CorrelationId, string? CausationId, string? TraceParent, string? TraceState, ReadOnlyMemory<byte> Data)
{
    public const string ContentType = "content-type";

    private const string Structured = "application/cloudevents+json";

    /// <summary>The data stood in it as base64, in which nobody sees what is sensitive.</summary>
    public bool IsCoded { get; init; }

    /// <exception cref="JsonException">A structured one is not well-formed.</exception>
    public static CloudEvent Of(Headers headers, byte[] value) =>
        Text(headers, ContentType)?.TrimStart().StartsWith(Structured, StringComparison.OrdinalIgnoreCase) == true
            ? OfStructure(headers, value)
            : new CloudEvent(
                Text(headers, "ce_type") ?? Text(headers, "type"), null, Text(headers, "ce_source"), Text(headers, "ce_correlationid"),
                Text(headers, "ce_causationid"), Text(headers, "traceparent") ?? Text(headers, "ce_traceparent"), Text(headers, "tracestate"), value);

    /// <summary>The header's text; null where there is none, or it is empty.</summary>
    public static string? Text(Headers headers, string name)
    {
        foreach (var header in headers)
        {
            if (header.Key.Equals(name, StringComparison.OrdinalIgnoreCase) && header.GetValueBytes() is { Length: > 0 } bytes)
            {
                return Encoding.UTF8.GetString(bytes);
            }
        }

        return null;
    }

    private static CloudEvent OfStructure(Headers headers, byte[] value)
    {
        using var document = JsonDocument.Parse(value);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || Member(root, "type") is not { } type)
        {
            throw new JsonException("A structured CloudEvent is an object with a type");
        }

        return new CloudEvent(
            type, Member(root, "id"), Member(root, "source"), Member(root, "correlationid"), Member(root, "causationid"),
            Member(root, "traceparent") ?? Text(headers, "traceparent"), Member(root, "tracestate") ?? Text(headers, "tracestate"), DataOf(root))
        {
            IsCoded = !root.TryGetProperty("data", out _) && root.TryGetProperty("data_base64", out _),
        };
    }

    private static byte[] DataOf(JsonElement root)
    {
        if (root.TryGetProperty("data", out var data))
        {
            return Encoding.UTF8.GetBytes(data.GetRawText());
        }

        if (!root.TryGetProperty("data_base64", out var coded))
        {
            return [];
        }

        return coded.ValueKind == JsonValueKind.String && coded.TryGetBytesFromBase64(out var bytes) ? bytes : throw new JsonException("data_base64 is not base64");
    }

    private static string? Member(JsonElement root, string name) =>
        root.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String && member.GetString() is { Length: > 0 } text ? text : null;
}
