using System.Text.Json;

namespace Workers.Tests.Api;

/// <summary>What came back.</summary>
internal sealed class Answer(HttpResponseMessage response, string body)
{
    public int Status { get; } = (int)response.StatusCode;

    public string Body { get; } = body;

    public string? MediaType { get; } = response.Content.Headers.ContentType?.MediaType;

    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

    private readonly Dictionary<string, string> _headers = response.Headers.Concat(response.Content.Headers)
        .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);

    /// <summary>A text, or a number's text, at a path such as <c>error.code</c>; null where there is none.</summary>
    public string? this[string path]
    {
        get
        {
            var at = Json;
            foreach (var name in path.Split('.'))
            {
                if (at.ValueKind == JsonValueKind.Array ? !TryIndex(at, name, out at) : !at.TryGetProperty(name, out at))
                {
                    return null;
                }
            }

            return at.ToString();
        }
    }

    public string? Header(string name) => _headers.GetValueOrDefault(name);

    private static bool TryIndex(JsonElement list, string name, out JsonElement item)
    {
        var index = int.Parse(name);
        item = index < list.GetArrayLength() ? list[index] : default;
        return index < list.GetArrayLength();
    }
}
