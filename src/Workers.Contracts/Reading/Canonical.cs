using System.Runtime.InteropServices;
using System.Text.Json;
using Workers.Contracts.Commands;

namespace Workers.Contracts.Reading;

/// <summary>Writes what callers sent under the members' own names, and notes what does not fit.</summary>
internal static class Canonical
{
    private const int MaxDigits = 28;

    /// <summary>Writes a field with its name, unless its value is of another shape; that is an error.</summary>
    public static void WriteField(Utf8JsonWriter writer, CommandField field, JsonElement value, string path, FieldErrors errors)
    {
        if (Wrong(field.Shape, value) is { } wrong)
        {
            errors.Add(new(path, $"{path} must be {wrong}"));
            return;
        }

        writer.WritePropertyName(field.Name);
        switch (field.Shape)
        {
            case FieldShape.Part:
                WritePart(writer, field.Part!, value, path + ".", errors);
                break;
            case FieldShape.Parts:
                WriteParts(writer, field.Part!, value, path, errors);
                break;
            case FieldShape.Open:
                WriteSorted(writer, value);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    /// <summary>Writes open data with members sorted by name, so that equal data have equal bytes.</summary>
    public static void WriteSorted(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    WriteSorted(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    WriteSorted(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static void WriteParts(Utf8JsonWriter writer, CommandPart part, JsonElement list, string path, FieldErrors errors)
    {
        var index = 0;
        writer.WriteStartArray();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Object)
            {
                WritePart(writer, part, item, $"{path}[{index}].", errors);
            }
            else
            {
                errors.Add(new($"{path}[{index}]", $"{path}[{index}] must be an object"));
            }

            index++;
        }

        writer.WriteEndArray();
    }

    private static void WritePart(Utf8JsonWriter writer, CommandPart part, JsonElement value, string prefix, FieldErrors errors)
    {
        var seen = 0UL;
        writer.WriteStartObject();
        foreach (var member in value.EnumerateObject())
        {
            if (part.Find(member.Name) is not { } field)
            {
                errors.Add(new(prefix + member.Name, $"{prefix}{member.Name} is not known"));
            }
            else if ((seen & (1UL << field.Index)) != 0)
            {
                errors.Add(new(prefix + field.Name, $"{prefix}{field.Name} is given twice"));
            }
            else
            {
                seen |= 1UL << field.Index;
                if (member.Value.ValueKind != JsonValueKind.Null)
                {
                    WriteField(writer, field, member.Value, prefix + field.Name, errors);
                }
            }
        }

        writer.WriteEndObject();
    }

    private static string? Wrong(FieldShape shape, JsonElement value) => (shape, value.ValueKind) switch
    {
        (FieldShape.Text, JsonValueKind.String) => null,
        (FieldShape.Text, _) => "a text",
        (FieldShape.Amount, JsonValueKind.Number) => IsAmount(value) ? null : "a number with at most 2 decimals",
        (FieldShape.Amount, _) => "a number",
        (FieldShape.Whole, JsonValueKind.Number) => value.TryGetInt32(out _) ? null : "a whole number of at most 9 digits",
        (FieldShape.Whole, _) => "a whole number",
        (FieldShape.Flag, JsonValueKind.True or JsonValueKind.False) => null,
        (FieldShape.Flag, _) => "true or false",
        (FieldShape.TextMap, JsonValueKind.Object) => IsTextMap(value) ? null : "an object of texts",
        (FieldShape.TextMap, _) => "an object of texts",
        (FieldShape.Open or FieldShape.Part, JsonValueKind.Object) => null,
        (FieldShape.Open or FieldShape.Part, _) => "an object",
        (FieldShape.Texts, JsonValueKind.Array) => IsTexts(value) ? null : "an array of texts",
        (FieldShape.Texts, _) => "an array of texts",
        (_, JsonValueKind.Array) => null,
        _ => "an array",
    };

    private static bool IsAmount(JsonElement value) => JsonMarshal.GetRawUtf8Value(value).Length <= MaxDigits && value.TryGetDecimal(out _);

    private static bool IsTextMap(JsonElement value)
    {
        foreach (var member in value.EnumerateObject())
        {
            if (member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsTexts(JsonElement value)
    {
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
            {
                return false;
            }
        }

        return true;
    }
}
