using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Contracts.Json;
using Workers.Engine.Control;

namespace Workers.Handlers.Commands;

/// <summary>JSON of what concerns every worker, as answers and events have it: without secrets.</summary>
internal static class ControlAnswers
{
    /// <summary>One object.</summary>
    public static byte[] Bytes(Action<Utf8JsonWriter> write) => JsonWriting.ToBytes(write, static (members, json) =>
    {
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
    });

    /// <summary>The members of a stored row; null where there is none.</summary>
    public static Dictionary<string, JsonElement>? Members(byte[]? data)
    {
        if (data is null)
        {
            return null;
        }

        using var document = JsonDocument.Parse(data);
        return document.RootElement.EnumerateObject().Where(member => !Sensitive.Hides(member.Name, member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : null)).ToDictionary(member => member.Name, member => member.Value.Clone());
    }

    public static void Write(Utf8JsonWriter json, Pause pause)
    {
        WriteQueue(json, pause);
        json.WriteBoolean("paused", true);
        Text(json, "reason", pause.Reason);
        Time(json, "until", pause.UntilMs);
        Time(json, "at", pause.AtMs);
        json.WriteString("by", pause.By);
    }

    public static void WriteQueue(Utf8JsonWriter json, Pause pause)
    {
        json.WriteString("queue", pause.Kind);
        Text(json, "type", pause.Type);
        Text(json, "key", pause.Key);
    }

    public static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void Time(Utf8JsonWriter json, string name, long? ms)
    {
        if (ms is { } at)
        {
            json.WriteString(name, DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime);
        }
    }
}
