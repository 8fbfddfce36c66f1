using System.Globalization;
using System.Text.Json;
using Workers.Contracts.Commands;

namespace Workers.Domain.Views;

/// <summary>How single members are written in every view: absent ones left out, times in UTC with milliseconds, money as numbers, sensitive values hidden.</summary>
internal static class ViewParts
{
    /// <summary>Every resource has <c>id</c> and its own id by name.</summary>
    public static void WriteId(this Utf8JsonWriter writer, string name, string id)
    {
        writer.WriteString("id"u8, id);
        writer.WriteString(name, id);
    }

    public static void WriteText(this Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    public static void WriteMoney(this Utf8JsonWriter writer, string name, decimal value) => writer.WriteNumber(name, Money.Normal(value));

    public static void WriteTexts(this Utf8JsonWriter writer, string name, Dictionary<string, string>? values)
    {
        if (values is null)
        {
            return;
        }

        writer.WriteStartObject(name);
        foreach (var (key, value) in values)
        {
            writer.WriteString(key, Sensitive.Hides(key, value) ? Sensitive.Hidden : value);
        }

        writer.WriteEndObject();
    }

    public static void WriteOpen(this Utf8JsonWriter writer, string name, Dictionary<string, JsonElement>? values)
    {
        if (values is null)
        {
            return;
        }

        writer.WriteStartObject(name);
        foreach (var (key, value) in values)
        {
            writer.WriteOpenMember(key, value);
        }

        writer.WriteEndObject();
    }

    /// <summary>A member of open data; sensitive values are hidden, however deep they lie.</summary>
    public static void WriteOpenMember(this Utf8JsonWriter writer, string name, JsonElement value)
    {
        writer.WritePropertyName(name);
        if (Sensitive.Hides(name, value.ValueKind == JsonValueKind.String ? value.GetString() : null))
        {
            writer.WriteStringValue(Sensitive.Hidden);
        }
        else
        {
            WriteOpenValue(writer, value);
        }
    }

    public static void WriteVersion(this Utf8JsonWriter writer, long version, DateTimeOffset createdAt, DateTimeOffset updatedAt)
    {
        writer.WriteNumber("version"u8, version);
        writer.WriteTime("created_at", createdAt);
        writer.WriteTime("updated_at", updatedAt);
    }

    public static void WriteTime(this Utf8JsonWriter writer, string name, DateTimeOffset at)
    {
        Span<char> text = stackalloc char[24];
        at.UtcDateTime.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        writer.WriteString(name, text[..length]);
    }

    private static void WriteOpenValue(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WriteOpenMember(member.Name, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    WriteOpenValue(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
