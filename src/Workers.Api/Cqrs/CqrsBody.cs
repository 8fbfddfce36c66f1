using System.Text.Json;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Contracts.Reading;

namespace Workers.Api.Cqrs;

/// <summary>Members that bodies of these doors have alike.</summary>
internal static class CqrsBody
{
    /// <summary>The caller's own id of what it asks for.</summary>
    public static string? CommandId(JsonBody body) => Id(body, "command_id");

    public static string? Id(JsonBody body, string name) =>
        body.Text(name) is not { } id ? null : IdRules.IsId(id) ? id : throw new ProblemException(Problem.BadId(name));

    /// <summary>An object; null where it is absent.</summary>
    public static JsonElement? Data(JsonBody body, string name = "data") => body.Value(name) is not { } data ? null
        : data.ValueKind == JsonValueKind.Object ? data
        : throw ListQuery.Bad(name, $"{name} must be an object");

    /// <summary>The same as commands have it.</summary>
    /// <exception cref="ProblemException">A text of it has half a character (<c>\ud800</c> alone).</exception>
    public static Dictionary<string, JsonElement> Open(JsonElement data)
    {
        try
        {
            return OpenData.Of(data);
        }
        catch (InvalidOperationException)
        {
            throw ListQuery.Bad("data", "data must be valid Unicode");
        }
    }

    /// <summary>An object.</summary>
    public static JsonElement RequiredData(JsonBody body) => Data(body) ?? throw ListQuery.Bad("data", "data is required");

    /// <summary>Texts by name; numbers, true and false are taken as texts.</summary>
    public static Dictionary<string, string>? Metadata(JsonBody body)
    {
        if (Data(body, "metadata") is not { } members)
        {
            return null;
        }

        return members.EnumerateObject().ToDictionary(
            member => member.Name,
            member => member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array
                ? throw ListQuery.Bad("metadata", "metadata must be an object of texts")
                : member.Value.ValueKind == JsonValueKind.String ? JsonTexts.Read(member.Value, $"metadata.{member.Name}") : member.Value.ToString(),
            StringComparer.Ordinal);
    }

    /// <summary>A text of open data that is an id; null where there is none.</summary>
    public static string? IdIn(JsonElement data, string name)
    {
        if (!data.TryGetProperty(name, out var value) || value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
        {
            return null;
        }

        var id = value.ValueKind == JsonValueKind.String ? JsonTexts.Read(value, $"data.{name}") : value.ToString();
        return id.Length == 0 ? null : IdRules.IsId(id) ? id : throw new ProblemException(Problem.BadId($"data.{name}"));
    }

    /// <summary>The same command, if its own rules hold.</summary>
    /// <exception cref="ProblemException">They do not.</exception>
    public static T Valid<T>(T command)
        where T : class, ICommand
    {
        var errors = CommandCatalog.Of<T>().Validate(command);
        return errors.Count == 0 ? command
            : throw new ProblemException(Problem.Validation(string.Join("; ", errors.Select(error => error.Message).Distinct()), errors));
    }
}
