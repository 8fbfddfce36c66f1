using System.Text.Json.Nodes;
using Workers.Contracts.Commands;

namespace Workers.Api.Doors;

/// <summary>What is hidden where something is shown may be sent back so: it stays what it is.</summary>
internal static class HiddenValues
{
    public static JsonNode? Keep(JsonNode? edited, JsonNode? original) => edited switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Keep(member.Value, (original as JsonObject)?[member.Key])))),
        JsonArray items => new JsonArray([.. items.Select((item, index) => Keep(item, (original as JsonArray)?.ElementAtOrDefault(index)))]),
        JsonValue text when original is not null && text.TryGetValue<string>(out var hidden) && hidden == Sensitive.Hidden => original.DeepClone(),
        _ => edited?.DeepClone(),
    };
}
