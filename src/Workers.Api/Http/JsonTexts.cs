using System.Text.Json;

namespace Workers.Api.Http;

/// <summary>Texts out of JSON that somebody sent.</summary>
internal static class JsonTexts
{
    /// <exception cref="ProblemException">It is no text, or one with half a character (<c>\ud800</c> alone).</exception>
    public static string Read(JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            try
            {
                return value.GetString()!;
            }
            catch (InvalidOperationException)
            {
                throw ListQuery.Bad(path, $"{path} must be valid Unicode");
            }
        }

        throw ListQuery.Bad(path, value.ValueKind == JsonValueKind.Undefined ? $"{path} is required" : $"{path} must be a text");
    }
}
