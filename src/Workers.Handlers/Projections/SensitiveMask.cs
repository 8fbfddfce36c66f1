using System.Buffers;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Contracts.Json;
using Workers.Engine.Projections;

namespace Workers.Handlers.Projections;

/// <summary>
/// Hides values that nobody should read: members marked <see cref="SensitiveAttribute"/>, and in open data those whose JSON name is on the list. The value
/// becomes <see cref="Sensitive.Hidden"/>, whatever it was.
/// </summary>
public sealed class SensitiveMask(IEnumerable<string> names) : IDataMask
{
    private readonly byte[][] _everywhere = [.. names.Select(Encoding.UTF8.GetBytes)];
    private readonly ConcurrentDictionary<Type, byte[][]> _byType = new();

    /// <summary>The list where none is configured.</summary>
    public static IReadOnlyList<string> DefaultNames { get; } = [.. Sensitive.Names];

    /// <inheritdoc/>
    public byte[] Apply(ReadOnlyMemory<byte> json, Type? type)
    {
        var hidden = type is null ? _everywhere : _byType.GetOrAdd(type, Names);
        return Has(json.Span, hidden) ? Masked(json.Span, hidden) : json.ToArray();
    }

    /// <summary>Whether a member of this name is hidden everywhere.</summary>
    public bool Hides(string name) => Array.Exists(_everywhere, bytes => Encoding.UTF8.GetString(bytes) == name);

    private byte[][] Names(Type type)
    {
        var found = new HashSet<string>(_everywhere.Select(Encoding.UTF8.GetString), StringComparer.Ordinal);
        Collect(type, found, []);
        return [.. found.Select(Encoding.UTF8.GetBytes)];
    }

    private static void Collect(Type type, HashSet<string> found, HashSet<Type> seen)
    {
        foreach (var part in type.IsGenericType ? type.GetGenericArguments() : [type])
        {
            if (part.Namespace?.StartsWith("System", StringComparison.Ordinal) != false || !seen.Add(part))
            {
                continue;
            }

            foreach (var property in part.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                if (property.IsDefined(typeof(SensitiveAttribute)))
                {
                    found.Add(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
                }

                Collect(property.PropertyType, found, seen);
            }
        }
    }

    private static bool Has(ReadOnlySpan<byte> json, byte[][] hidden)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("It is no JSON object.");
        }

        var has = false;
        while (reader.Read())
        {
            has = has || (reader.TokenType == JsonTokenType.PropertyName && IsHidden(ref reader, hidden));
        }

        return has;
    }

    private static bool IsHidden(ref Utf8JsonReader reader, byte[][] hidden)
    {
        foreach (var name in hidden)
        {
            if (reader.ValueTextEquals(name))
            {
                return true;
            }
        }

        return false;
    }

    private static byte[] Masked(ReadOnlySpan<byte> json, byte[][] hidden)
    {
        var output = new ArrayBufferWriter<byte>(json.Length);
        using var writer = new Utf8JsonWriter(output, JsonWriting.Options);
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    writer.WritePropertyName(reader.GetString()!);
                    if (IsHidden(ref reader, hidden))
                    {
                        reader.Read();
                        reader.Skip();
                        writer.WriteStringValue(Sensitive.Hidden);
                    }

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

        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
