using System.Text.Json;
using Workers.Contracts.Json;

namespace Workers.Handlers.Audit;

internal static class JsonText
{
    /// <summary>One JSON object with these members.</summary>
    public static ReadOnlyMemory<byte> Of(IReadOnlyDictionary<string, JsonElement> members)
    {
        using var scratch = JsonScratch.Rent();
        var writer = scratch.Writer;
        writer.WriteStartObject();
        foreach (var (name, value) in members)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }

        writer.WriteEndObject();
        return scratch.Written.ToArray();
    }
}
