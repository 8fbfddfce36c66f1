using System.Text.Json;

namespace Workers.Api.Http;

/// <summary>Texts out of a <see cref="JsonBody"/>.</summary>
internal static class JsonTexts
{
    /// <exception cref="ProblemException">It is no text.</exception>
    public static string Read(JsonElement value, string path) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw ListQuery.Bad(path, value.ValueKind == JsonValueKind.Undefined ? $"{path} is required" : $"{path} must be a text");
}
