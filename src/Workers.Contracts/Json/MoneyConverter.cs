using System.Text.Json;
using System.Text.Json.Serialization;
using Workers.Contracts.Commands;

namespace Workers.Contracts.Json;

/// <summary>Decimals as JSON numbers, without trailing zeros; a number longer than any amount is refused rather than rounded.</summary>
internal sealed class MoneyConverter : JsonConverter<decimal>
{
    private const int MaxDigits = 28;

    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var length = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        return reader.TokenType == JsonTokenType.Number && length <= MaxDigits && reader.TryGetDecimal(out var value)
            ? Money.Normal(value)
            : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) => writer.WriteNumberValue(Money.Normal(value));
}
