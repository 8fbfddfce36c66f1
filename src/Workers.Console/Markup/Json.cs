using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workers.Contracts.Json;

namespace Workers.Pages.Markup;

/// <summary>A value of an answer. What is not there reads as empty: a page shows what an answer has.</summary>
internal readonly struct Json(JsonElement value)
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    public Json this[string name] => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? new(member) : default;

    public bool IsThere => value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public bool IsObject => value.ValueKind == JsonValueKind.Object;

    /// <summary>A text as it is, anything else as JSON.</summary>
    public string Text => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => "",
        JsonValueKind.String => value.GetString()!,
        _ => value.GetRawText(),
    };

    public long Number => value.ValueKind == JsonValueKind.Number ? (value.TryGetInt64(out var whole) ? whole : (long)value.GetDouble()) : 0;

    public double Fraction => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;

    public bool Flag => value.ValueKind == JsonValueKind.True;

    public DateTimeOffset? Time => value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var time) ? time : null;

    public IEnumerable<Json> Items => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(item => new Json(item)) : [];

    public IEnumerable<(string Name, Json Value)> Members =>
        value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().Select(member => (member.Name, new Json(member.Value))) : [];

    public IEnumerable<string> Texts => Items.Select(item => item.Text);

    public string Indented => value.ValueKind == JsonValueKind.Undefined ? "" : JsonSerializer.Serialize(value, s_indented);

    /// <summary>Of a text that may be JSON; nothing where it is none, or its texts are not of whole characters.</summary>
    public static Json Parse(string text)
    {
        try
        {
            if (!JsonUnicode.IsWhole(Encoding.UTF8.GetBytes(text)))
            {
                return default;
            }

            using var document = JsonDocument.Parse(text);
            return new(document.RootElement.Clone());
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>What somebody wrote into a form, to be sent on.</summary>
    /// <exception cref="JsonException">It is no JSON, a member stands there twice, or a text has half a character (<c>\ud800</c> alone).</exception>
    public static JsonNode? Node(string text) => JsonUnicode.IsWhole(Encoding.UTF8.GetBytes(text))
        ? JsonNode.Parse(text, documentOptions: s_strict)
        : throw new JsonException("a text of it has half a character");
}
