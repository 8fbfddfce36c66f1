using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Workers.Api.Descriptions;

/// <summary>JSON as YAML: one member a line, texts in quotes as JSON writes them unless they are plain words.</summary>
internal static partial class Yaml
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(JsonObject document)
    {
        var text = new StringBuilder();
        Write(text, document, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonObject members, int depth)
    {
        foreach (var (name, value) in members)
        {
            text.Append(' ', depth * 2).Append(Word().IsMatch(name) ? name : Quoted(name)).Append(':');
            WriteValue(text, value, depth);
        }
    }

    private static void WriteValue(StringBuilder text, JsonNode? value, int depth)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } members:
                text.Append('\n');
                Write(text, members, depth + 1);
                break;
            case JsonArray { Count: > 0 } items:
                text.Append('\n');
                foreach (var item in items)
                {
                    text.Append(' ', (depth + 1) * 2).Append('-');
                    WriteValue(text, item, depth + 1);
                }

                break;
            default:
                text.Append(' ').Append(Scalar(value)).Append('\n');
                break;
        }
    }

    private static string Scalar(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String && Word().IsMatch(value.GetValue<string>())
        ? value.GetValue<string>()
        : value is null ? "null" : value.ToJsonString(s_json);

    private static string Quoted(string name) => JsonSerializer.Serialize(name, s_json);

    // Nothing that YAML could take for something else: true, null, a number, a date.
    [GeneratedRegex("^(?!(?i:true|false|null|yes|no|on|off|y|n)$)[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex Word();
}
