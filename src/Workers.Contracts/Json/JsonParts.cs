using System.Globalization;
using System.Text.Json;

namespace Workers.Contracts.Json;

/// <summary>How single members are written in every answer: absent ones left out, times in UTC with milliseconds.</summary>
public static class JsonParts
{
    public static void WriteText(this Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    public static void WriteTexts(this Utf8JsonWriter writer, string name, IReadOnlyList<string>? values)
    {
        if (values is null)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    /// <summary>Milliseconds since 1970 as RFC 3339; nothing for 0.</summary>
    public static void WriteTime(this Utf8JsonWriter writer, string name, long ms)
    {
        if (ms <= 0)
        {
            return;
        }

        Span<byte> text = stackalloc byte[24];
        DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        writer.WriteString(name, text[..length]);
    }

    /// <summary>JSON that is there already, trusted to be whole; nothing for an empty one.</summary>
    public static void WriteRaw(this Utf8JsonWriter writer, string name, ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
        {
            return;
        }

        writer.WritePropertyName(name);
        writer.WriteRawValue(json, skipInputValidation: true);
    }
}
