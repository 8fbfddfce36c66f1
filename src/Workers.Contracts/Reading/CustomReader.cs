using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Contracts.Json;

namespace Workers.Contracts.Reading;

/// <summary>
/// Reads a command of a type that only a registered handler knows: <c>{type, command_id, key, user_id, metadata, data}</c>, or the data's members beside the
/// others. Its data are the handler's own business: passed on as they are, but for the order of their members and white space.
/// </summary>
public static class CustomReader
{
    private static readonly string[] s_named = ["type", "command_type", "command_id", "key", "data"];
    private static readonly string[] s_beside = [.. s_named, "id", "user_id", "metadata"];

    /// <summary>Null where the body names a command of ours or of nobody, or cannot be read at all; then it is read as any other.</summary>
    /// <param name="body">UTF-8 JSON.</param>
    /// <param name="isCustom">Whether a handler has that type.</param>
    public static CustomReading? Read(ReadOnlyMemory<byte> body, Func<string, bool> isCustom)
    {
        using var document = Body.Parse(body, out _);
        return document is not null && (Text(document.RootElement, "command_type") ?? Text(document.RootElement, "type")) is { } type
            && CommandCatalog.Find(type) is null && isCustom(type) ? Read(document.RootElement, type) : null;
    }

    private static CustomReading Read(JsonElement root, string type)
    {
        var errors = new FieldErrors();
        var reading = new CustomReading
        {
            Type = type,
            CommandId = Id(root, "command_id", errors),
            Key = Id(root, "key", errors) ?? Id(root, "id", errors),
            UserId = Id(root, "user_id", errors),
            Data = JsonWriting.ToBytes(root, (members, writer) => WriteData(members, writer, errors)),
        };
        return errors.Any ? reading with { Failure = errors.ToFailure() } : reading;
    }

    private static void WriteData(JsonElement root, Utf8JsonWriter writer, FieldErrors errors)
    {
        var members = root.EnumerateObject().Where(member => !s_named.Contains(member.Name));
        if (root.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in root.EnumerateObject().Where(member => !s_beside.Contains(member.Name)))
            {
                errors.Add(new(member.Name, $"{member.Name} is not known beside data"));
            }

            if (root.TryGetProperty("metadata", out _) && data.TryGetProperty("metadata", out _))
            {
                errors.Add(new("metadata", "metadata is given twice"));
            }

            members = data.EnumerateObject().Concat(members.Where(member => member.Name == "metadata"));
        }
        else if (data.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            errors.Add(new("data", "data must be an object"));
        }

        writer.WriteStartObject();
        foreach (var member in members.OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            writer.WritePropertyName(member.Name);
            Canonical.WriteSorted(writer, member.Value);
        }

        writer.WriteEndObject();
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static string? Id(JsonElement root, string name, FieldErrors errors)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.String && value.ValueEquals("")))
        {
            return null;
        }

        if (Text(root, name) is { } id && IdRules.IsId(id))
        {
            return id;
        }

        errors.Add(new(name, Sentences.Id(name)));
        return null;
    }
}

/// <summary>What came of reading it.</summary>
public sealed record CustomReading
{
    public required string Type { get; init; }

    /// <summary>Why it is no command; null where it is one.</summary>
    public ReadFailure? Failure { get; init; }

    /// <summary>The caller's own id of it.</summary>
    public string? CommandId { get; init; }

    /// <summary>By which it is ordered; null where the door must make one.</summary>
    public string? Key { get; init; }

    public string? UserId { get; init; }

    /// <summary>UTF-8 JSON, members sorted by name.</summary>
    public required byte[] Data { get; init; }
}
