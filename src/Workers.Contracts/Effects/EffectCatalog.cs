using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Workers.Contracts.Effects;

/// <summary>Every effect there is. Who adds a record adds its line here and in the JSON context.</summary>
public static class EffectCatalog
{
    private static readonly FrozenDictionary<string, JsonTypeInfo> ByName = new JsonTypeInfo[]
    {
        EffectsJson.Default.ChargePayment, EffectsJson.Default.RefundCharge, EffectsJson.Default.DeliverNotification,
        EffectsJson.Default.CallHandler, EffectsJson.Default.RunMaintenance, EffectsJson.Default.DeliverCompletion,
        EffectsJson.Default.DeliverEvent, EffectsJson.Default.FindCancellable,
    }.ToFrozenDictionary(t => t.Type.Name, StringComparer.Ordinal);

    public static IReadOnlyCollection<JsonTypeInfo> All => ByName.Values;

    /// <summary>The JSON of the effect of that name; null where there is none.</summary>
    public static JsonTypeInfo? Find(string name) => ByName.GetValueOrDefault(name);

    /// <exception cref="JsonException">The bytes are no such effect.</exception>
    public static IEffect Read(JsonTypeInfo type, ReadOnlySpan<byte> json) =>
        (IEffect?)JsonSerializer.Deserialize(json, type) ?? throw new JsonException($"A {type.Type.Name} was null.");

    public static byte[] ToBytes(IEffect effect) => JsonSerializer.SerializeToUtf8Bytes(effect, ByName[effect.GetType().Name]);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChargePayment))]
[JsonSerializable(typeof(RefundCharge))]
[JsonSerializable(typeof(DeliverNotification))]
[JsonSerializable(typeof(CallHandler))]
[JsonSerializable(typeof(RunMaintenance))]
[JsonSerializable(typeof(DeliverCompletion))]
[JsonSerializable(typeof(DeliverEvent))]
[JsonSerializable(typeof(FindCancellable))]
internal sealed partial class EffectsJson : JsonSerializerContext;
