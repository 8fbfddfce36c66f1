using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Workers.Contracts.Commands;

namespace Workers.Api.Http;

/// <summary>The small bodies of administrative doors: one object of known members, or none at all.</summary>
internal sealed class JsonBody
{
    private readonly JsonElement _root;

    private JsonBody(JsonElement root) => _root = root;

    /// <exception cref="ProblemException">No JSON object, or a member that is not known.</exception>
    public static async Task<JsonBody> ReadAsync(HttpContext http, long limit, params string[] members)
    {
        using var body = await RequestBody.ReadAsync(http.Request, limit);
        return body.Memory.Span.Trim(" \t\r\n"u8).IsEmpty ? new JsonBody(default) : new JsonBody(Parse(body.Memory, members));
    }

    /// <summary>The same of what was parsed already.</summary>
    /// <exception cref="ProblemException">No object, or a member that is not known.</exception>
    public static JsonBody Of(JsonElement root, params string[] members) => root.ValueKind == JsonValueKind.Object ? new JsonBody(Known(root, "", members)) : throw Malformed();

    public string? Text(string name) => Find(name) is { } value && JsonTexts.Read(value, name) is { Length: > 0 } text ? text : null;

    /// <summary>As it is; null where it is absent or null.</summary>
    public JsonElement? Value(string name) => Find(name);

    public bool Flag(string name) => Find(name) is { } value && value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw ListQuery.Bad(name, $"{name} must be true or false"),
    };

    public int? Whole(string name, int least, int most) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most ? number
        : throw ListQuery.Bad(name, $"{name} must be a whole number from {least} to {most}");

    /// <summary>A place in a log.</summary>
    public long? Offset(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0 ? number
        : throw ListQuery.Bad(name, $"{name} must be a whole number from 0");

    public Guid? Id(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String && value.TryGetGuid(out var id) ? id : throw ListQuery.Bad(name, $"{name} must be a UUID");

    /// <summary>Null where it is absent.</summary>
    public IReadOnlyList<Guid>? Ids(string name, int most)
    {
        if (Find(name, JsonValueKind.Array, "an array of UUIDs") is not { } list)
        {
            return null;
        }

        var ids = list.EnumerateArray()
            .Select(item => item.ValueKind == JsonValueKind.String && item.TryGetGuid(out var id) ? id : throw ListQuery.Bad(name, $"{name} must be an array of UUIDs"))
            .Distinct().ToList();
        return ids.Count <= most ? ids : throw ListQuery.Bad(name, $"{name} may have at most {most} entries");
    }

    /// <summary>Null where it is absent.</summary>
    public IReadOnlyList<string>? Texts(string name) => Find(name, JsonValueKind.Array, "an array of texts") is not { } list ? null
        :
        [
            .. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String
                ? item.GetString()! : throw ListQuery.Bad(name, $"{name} must be an array of texts")),
        ];

    /// <summary>An object's own members; one without any where it is absent.</summary>
    public JsonBody Object(string name, params string[] members)
    {
        var inner = Find(name, JsonValueKind.Object, "an object");
        return new JsonBody(inner is { } root ? Known(root, name + ".", members) : default);
    }

    private JsonElement? Find(string name) =>
        _root.ValueKind == JsonValueKind.Object && _root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private JsonElement? Find(string name, JsonValueKind kind, string what) =>
        Find(name) is not { } value ? null : value.ValueKind == kind ? value : throw ListQuery.Bad(name, $"{name} must be {what}");

    private static JsonElement Parse(ReadOnlyMemory<byte> body, string[] members)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind == JsonValueKind.Object && Utf8.IsValid(body.Span))
            {
                CheckTexts(body.Span);
                return Known(document.RootElement.Clone(), "", members);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Malformed();
        }

        throw Malformed();
    }

    private static JsonElement Known(JsonElement root, string prefix, string[] members)
    {
        var unknown = root.EnumerateObject().Where(member => !members.Contains(member.Name))
            .Select(member => new FieldError(prefix + member.Name, $"{prefix}{member.Name} is not known")).ToList();
        return unknown.Count == 0 ? root : throw new ProblemException(Problem.Validation(string.Join("; ", unknown.Select(error => error.Message)), unknown));
    }

    // A text with half a character (\ud800 alone) can neither be read nor told: it throws here.
    private static void CheckTexts(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            if (reader is { TokenType: JsonTokenType.PropertyName or JsonTokenType.String, ValueIsEscaped: true })
            {
                reader.GetString();
            }
        }
    }

    private static ProblemException Malformed() =>
        new(new Problem(StatusCodes.Status400BadRequest, "MALFORMED", "Validation error: The body must be a JSON object of valid Unicode"));
}
