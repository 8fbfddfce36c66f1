using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Contracts.Json;

namespace Workers.Engine.Encryption;

/// <summary>What is written instead of a value.</summary>
/// <param name="json">The value's JSON, as it stands there.</param>
public delegate string Replacement(ReadOnlySpan<byte> json);

/// <summary>Walks JSON and puts something else in the place of some values.</summary>
public static class SensitiveJson
{
    private static readonly byte[] s_encrypted = System.Text.Encoding.UTF8.GetBytes(Sensitive.Encrypted);

    /// <summary>The JSON with other values; null where nothing is replaced.</summary>
    /// <param name="json">One JSON object.</param>
    /// <param name="names">Members of these names are replaced, however deep they lie.</param>
    /// <param name="includesEncrypted">So are texts that are encrypted, whatever their members are called.</param>
    /// <param name="replace">What is written instead.</param>
    /// <exception cref="JsonException">It is no JSON object, or one of its texts is no valid Unicode where something is replaced.</exception>
    public static byte[]? Replace(ReadOnlySpan<byte> json, byte[][] names, bool includesEncrypted, Replacement replace)
    {
        try
        {
            return Replaced(json, names, includesEncrypted, replace);
        }
        catch (InvalidOperationException error)
        {
            throw Broken(error);
        }
    }

    /// <summary>The JSON with what encrypted texts stand for; null where there are none.</summary>
    /// <param name="json">One JSON object.</param>
    /// <param name="names">Texts of members of these names, however deep they lie.</param>
    /// <param name="decrypt">The JSON that a text stands for; null where it is a text like any other.</param>
    /// <exception cref="JsonException">As of <see cref="Replace"/>.</exception>
    public static byte[]? Reveal(ReadOnlySpan<byte> json, byte[][] names, Func<string, byte[]?> decrypt)
    {
        try
        {
            return Revealed(json, names, decrypt);
        }
        catch (InvalidOperationException error)
        {
            throw Broken(error);
        }
    }

    // What other systems sent was checked by nobody: a reader of texts throws this at half a character, and at bytes that are no UTF-8.
    private static JsonException Broken(InvalidOperationException error) => new("A text of it is no valid Unicode.", error);

    private static byte[]? Replaced(ReadOnlySpan<byte> json, byte[][] names, bool includesEncrypted, Replacement replace)
    {
        if (!Has(json, names, includesEncrypted))
        {
            return null;
        }

        using var scratch = JsonScratch.Rent();
        var writer = scratch.Writer;
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && IsOne(ref reader, names))
            {
                writer.WritePropertyName(reader.GetString()!);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                writer.WriteStringValue(replace(json[start..(int)reader.BytesConsumed]));
            }
            else if (includesEncrypted && IsEncrypted(ref reader))
            {
                writer.WriteStringValue(replace(json[(int)reader.TokenStartIndex..(int)reader.BytesConsumed]));
            }
            else
            {
                Copy(ref reader, writer);
            }
        }

        return scratch.Written.ToArray();
    }

    private static byte[]? Revealed(ReadOnlySpan<byte> json, byte[][] names, Func<string, byte[]?> decrypt)
    {
        if (!Has(json, names, includesEncrypted: false))
        {
            return null;
        }

        using var scratch = JsonScratch.Rent();
        var writer = scratch.Writer;
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            var mayBe = reader.TokenType == JsonTokenType.PropertyName && IsOne(ref reader, names);
            if (mayBe)
            {
                Copy(ref reader, writer);
                reader.Read();
            }

            if (mayBe && IsEncrypted(ref reader) && decrypt(reader.GetString()!) is { } plain)
            {
                writer.WriteRawValue(plain);
            }
            else
            {
                Copy(ref reader, writer);
            }
        }

        return scratch.Written.ToArray();
    }

    private static bool Has(ReadOnlySpan<byte> json, byte[][] names, bool includesEncrypted)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("It is no JSON object.");
        }

        var has = false;
        while (reader.Read())
        {
            has = has || (reader.TokenType == JsonTokenType.PropertyName ? IsOne(ref reader, names) : includesEncrypted && IsEncrypted(ref reader));
        }

        return has;
    }

    private static bool IsOne(ref Utf8JsonReader reader, byte[][] names)
    {
        foreach (var name in names)
        {
            if (reader.ValueTextEquals(name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsEncrypted(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String && reader.ValueSpan.StartsWith(s_encrypted);

    private static void Copy(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                writer.WritePropertyName(reader.GetString()!);
                break;
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.String:
                writer.WriteStringValue(reader.GetString());
                break;
            default:
                writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                break;
        }
    }
}
