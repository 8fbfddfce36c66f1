using System.Buffers;
using System.Text.Json;
using Workers.Contracts.Json;

namespace Workers.Contracts.Reading;

/// <summary>Open data of a request as commands have them.</summary>
public static class OpenData
{
    /// <summary>The members, sorted by name at every level: equal data have equal bytes.</summary>
    /// <param name="data">A JSON object.</param>
    public static Dictionary<string, JsonElement> Of(JsonElement data)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, JsonWriting.Options))
        {
            Canonical.WriteSorted(writer, data);
        }

        using var sorted = JsonDocument.Parse(buffer.WrittenMemory);
        return sorted.RootElement.Clone().EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
    }
}
