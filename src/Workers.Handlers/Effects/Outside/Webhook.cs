using System.Text.Json;
using Workers.Contracts.Json;

namespace Workers.Handlers.Effects.Outside;

/// <summary>What handlers outside are told, as a Standard Webhook: <c>{"type","timestamp","data"}</c>.</summary>
/// <param name="Id">The same at every attempt.</param>
/// <param name="Type">Such as <c>command.execute</c>.</param>
/// <param name="Data">Writes the members of <c>data</c>.</param>
internal sealed record Webhook(string Id, string Type, Action<Utf8JsonWriter> Data)
{
    public byte[] Body(DateTimeOffset now) => JsonWriting.ToBytes((Webhook: this, now), static (what, json) =>
    {
        json.WriteStartObject();
        json.WriteString("type", what.Webhook.Type);
        json.WriteString("timestamp", what.now.UtcDateTime);
        json.WriteStartObject("data");
        what.Webhook.Data(json);
        json.WriteEndObject();
        json.WriteEndObject();
    });
}
