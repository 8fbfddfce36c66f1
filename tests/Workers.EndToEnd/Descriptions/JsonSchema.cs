using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Workers.EndToEnd.Descriptions;

/// <summary>
/// Compares JSON with a schema of the drafts that OpenAPI 3.1 and AsyncAPI 3.0 use. A keyword that it does not know is an error: nothing is passed over.
/// </summary>
/// <param name="root">Where references lead.</param>
internal sealed class JsonSchema(JsonNode root)
{
    private static readonly HashSet<string> s_says =
        new(StringComparer.Ordinal) { "description", "title", "examples", "example", "default", "$schema", "$id", "$comment", "definitions", "x-parser-schema-id" };

    /// <summary>What does not fit, each with where it is; none where it fits.</summary>
    public IReadOnlyList<string> Errors(JsonNode schema, JsonNode? value)
    {
        var errors = new List<string>();
        Check(schema, value, "", errors, 0);
        return errors;
    }

    public bool Fits(JsonNode schema, JsonNode? value) => Errors(schema, value).Count == 0;

    /// <summary>What the reference names.</summary>
    public JsonNode Resolve(string reference) => reference[1..].Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(
        root, (node, name) => node[Uri.UnescapeDataString(name).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)]
            ?? throw new InvalidOperationException($"{reference} leads nowhere"));

    private void Check(JsonNode? schema, JsonNode? value, string path, List<string> errors, int depth)
    {
        if (depth > 200)
        {
            throw new InvalidOperationException($"The schema leads back to itself at {path}");
        }

        if (schema is JsonValue flag)
        {
            Say(flag.GetValue<bool>(), "nothing may be here");
            return;
        }

        foreach (var (keyword, says) in schema!.AsObject())
        {
            switch (keyword)
            {
                case "$ref":
                    Check(Resolve(says!.GetValue<string>()), value, path, errors, depth + 1);
                    break;
                case "allOf":
                    says!.AsArray().ToList().ForEach(one => Check(one, value, path, errors, depth + 1));
                    break;
                case "anyOf":
                    var tried = says!.AsArray().Select(one => Try(one, value, path, depth)).ToList();
                    Say(tried.Exists(found => found.Count == 0), $"fits none: {string.Join(" | ", tried.Select(found => found.FirstOrDefault()))}");
                    break;
                case "oneOf":
                    var each = says!.AsArray().Select(one => Try(one, value, path, depth)).ToList();
                    Say(each.Count(found => found.Count == 0) == 1, $"fits not exactly one: {string.Join(" | ", each.Select(found => found.FirstOrDefault() ?? "fits"))}");
                    break;
                case "not":
                    Say(Try(says, value, path, depth).Count > 0, "is what it must not be");
                    break;
                case "if":
                    var branch = Try(says, value, path, depth).Count == 0 ? schema["then"] : schema["else"];
                    if (branch is not null)
                    {
                        Check(branch, value, path, errors, depth + 1);
                    }

                    break;
                case "then" or "else":
                    break;
                case "type":
                    Say(says is JsonArray types ? types.Any(type => Is(type!.GetValue<string>(), value)) : Is(says!.GetValue<string>(), value), $"is no {says!.ToJsonString()}");
                    break;
                case "enum":
                    Say(says!.AsArray().Any(one => JsonNode.DeepEquals(one, value)), $"is none of {says.ToJsonString()}");
                    break;
                case "const":
                    Say(JsonNode.DeepEquals(says, value), $"is not {says?.ToJsonString()}");
                    break;
                default:
                    if (!s_says.Contains(keyword) && !CheckByKind(schema.AsObject(), keyword, says!, value, path, errors, depth, Say))
                    {
                        throw new InvalidOperationException($"The keyword {keyword} is not known");
                    }

                    break;
            }
        }

        void Say(bool holds, string what)
        {
            if (!holds)
            {
                errors.Add($"{(path.Length == 0 ? "it" : path)} {what}: {Short(value)}");
            }
        }
    }

    private bool CheckByKind(
        JsonObject schema, string keyword, JsonNode says, JsonNode? value, string path, List<string> errors, int depth, Action<bool, string> say)
    {
        switch (keyword)
        {
            case "properties" or "patternProperties" or "additionalProperties" or "propertyNames" or "required" or "minProperties" or "maxProperties":
                if (value is JsonObject members)
                {
                    CheckObject(schema, keyword, says, members, path, errors, depth, say);
                }

                return true;
            case "items" or "additionalItems" or "minItems" or "maxItems" or "uniqueItems":
                if (value is JsonArray items)
                {
                    CheckArray(schema, keyword, says, items, path, errors, depth, say);
                }

                return true;
            case "minLength" or "maxLength" or "pattern" or "format":
                if (value?.GetValueKind() == JsonValueKind.String)
                {
                    CheckText(keyword, says, value.GetValue<string>(), say);
                }
                else if (keyword == "format" && value?.GetValueKind() == JsonValueKind.Number)
                {
                    say(!says.GetValue<string>().StartsWith("int", StringComparison.Ordinal) || Number(value) % 1 == 0, $"is no {says}");
                }

                return true;
            case "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf":
                if (value?.GetValueKind() == JsonValueKind.Number)
                {
                    var (number, bound) = (Number(value), Number(says));
                    say(keyword switch
                    {
                        "minimum" => number >= bound,
                        "maximum" => number <= bound,
                        "exclusiveMinimum" => number > bound,
                        "exclusiveMaximum" => number < bound,
                        _ => number % bound == 0,
                    }, $"breaks {keyword} {bound}");
                }

                return true;
            default:
                return false;
        }
    }

    private void CheckObject(
        JsonObject schema, string keyword, JsonNode says, JsonObject members, string path, List<string> errors, int depth, Action<bool, string> say)
    {
        switch (keyword)
        {
            case "properties":
                foreach (var (name, member) in says.AsObject().Where(member => members.ContainsKey(member.Key)))
                {
                    Check(member, members[name], $"{path}.{name}", errors, depth + 1);
                }

                break;
            case "patternProperties":
                foreach (var (pattern, member) in says.AsObject())
                {
                    foreach (var (name, value) in members.Where(one => Regex.IsMatch(one.Key, pattern)))
                    {
                        Check(member, value, $"{path}.{name}", errors, depth + 1);
                    }
                }

                break;
            case "additionalProperties":
                foreach (var (name, value) in members.Where(one => !IsNamed(schema, one.Key)))
                {
                    Check(says, value, $"{path}.{name}", errors, depth + 1);
                }

                break;
            case "propertyNames":
                members.ToList().ForEach(one => Check(says, one.Key, $"{path}.{one.Key}", errors, depth + 1));
                break;
            case "required":
                says.AsArray().Select(name => name!.GetValue<string>()).ToList().ForEach(name => say(members.ContainsKey(name), $"has no {name}"));
                break;
            default:
                say(keyword[0] == 'm' && (keyword == "minProperties" ? members.Count >= (int)says : members.Count <= (int)says), $"breaks {keyword} {says}");
                break;
        }
    }

    private void CheckArray(
        JsonObject schema, string keyword, JsonNode says, JsonArray items, string path, List<string> errors, int depth, Action<bool, string> say)
    {
        switch (keyword)
        {
            case "items":
                for (var i = 0; i < items.Count; i++)
                {
                    var one = says is JsonArray each ? i < each.Count ? each[i] : schema["additionalItems"] : says;
                    if (one is not null)
                    {
                        Check(one, items[i], $"{path}[{i}]", errors, depth + 1);
                    }
                }

                break;
            case "uniqueItems":
                say(!(bool)says || items.Select(item => item?.ToJsonString()).Distinct().Count() == items.Count, "has the same twice");
                break;
            case "minItems" or "maxItems":
                say(keyword == "minItems" ? items.Count >= (int)says : items.Count <= (int)says, $"breaks {keyword} {says}");
                break;
        }
    }

    private static void CheckText(string keyword, JsonNode says, string text, Action<bool, string> say)
    {
        switch (keyword)
        {
            case "minLength":
                say(text.Length >= (int)says, $"is shorter than {says}");
                break;
            case "maxLength":
                say(text.Length <= (int)says, $"is longer than {says}");
                break;
            case "pattern":
                say(Regex.IsMatch(text, says.GetValue<string>()), $"is not like {says}");
                break;
            default:
                say(says.GetValue<string>() switch
                {
                    "uuid" => Guid.TryParseExact(text, "D", out _),
                    "date-time" => text.Contains('T', StringComparison.Ordinal) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
                    "email" => text.Contains('@', StringComparison.Ordinal),
                    "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),
                    "uri-reference" or "regex" or "decimal" or "int32" or "int64" => true,
                    var other => throw new InvalidOperationException($"The format {other} is not known"),
                }, $"is no {says}");
                break;
        }
    }

    private List<string> Try(JsonNode? schema, JsonNode? value, string path, int depth)
    {
        var errors = new List<string>();
        Check(schema, value, path, errors, depth + 1);
        return errors;
    }

    private static bool IsNamed(JsonObject schema, string name) =>
        (schema["properties"] as JsonObject)?.ContainsKey(name) == true
        || (schema["patternProperties"] as JsonObject)?.Any(pattern => Regex.IsMatch(name, pattern.Key)) == true;

    private static bool Is(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("null", JsonValueKind.Null) or ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String)
            or ("number", JsonValueKind.Number) or ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => Number(value!) % 1 == 0,
        _ => false,
    };

    private static decimal Number(JsonNode value) => decimal.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string Short(JsonNode? value) => value?.ToJsonString() is { } text ? text.Length > 200 ? text[..200] + "…" : text : "null";
}
