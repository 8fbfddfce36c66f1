using System.Buffers;
using System.Text.Json;
using Workers.Contracts.Json;

namespace Workers.Handlers.Audit;

internal static class JsonText
{
    /// <summary>One JSON object with these members.</summary>
    public static ReadOnlyMemory<byte> Of(IReadOnlyDictionary<string, JsonElement> members)
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output, JsonWriting.Options);
        writer.WriteStartObject();
        foreach (var (name, value) in members)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }

        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenMemory;
    }
}
