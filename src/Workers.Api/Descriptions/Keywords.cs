using System.Text.Json.Nodes;
using Workers.Contracts.Commands;

namespace Workers.Api.Descriptions;

/// <summary>A member's rules as keywords of JSON Schema.</summary>
internal static class Keywords
{
    // What an id may be, in the words of a regular expression; reserved words are refused besides.
    public const string IdPattern = @"^[^/\\?#%\s](?:[^/\\?#%]*[^/\\?#%\s])?$";

    /// <param name="schema">Gets them.</param>
    /// <param name="rules">The member's.</param>
    /// <param name="settings">The configured lists.</param>
    /// <param name="form">How the command is written.</param>
    public static void Add(JsonObject schema, IEnumerable<RuleAttribute> rules, RuleSettings settings, Forms form)
    {
        foreach (var rule in rules.Where(rule => (rule.In & form) != 0))
        {
            Add(schema, rule, settings);
        }
    }

    public static void AllowNull(JsonObject schema)
    {
        if (schema["type"] is JsonValue type)
        {
            schema["type"] = new JsonArray(type.GetValue<string>(), "null");
            (schema["enum"] as JsonArray)?.Add(null);
        }
        else if (schema["$ref"] is { } reference)
        {
            schema.Remove("$ref");
            schema["anyOf"] = new JsonArray(new JsonObject { ["$ref"] = reference.DeepClone() }, new JsonObject { ["type"] = "null" });
        }
    }

    /// <summary>Undoes <see cref="AllowNull"/> of a scalar.</summary>
    public static void ForbidNull(JsonObject schema)
    {
        if (schema["type"] is JsonArray types)
        {
            schema["type"] = types[0]!.GetValue<string>();
            (schema["enum"] as JsonArray)?.RemoveAll(value => value is null);
        }
    }

    /// <summary>Whether it is one of a text, or of a text or null.</summary>
    public static bool IsText(JsonObject schema) => (schema["type"] is JsonArray types ? types[0] : schema["type"])?.GetValue<string>() == "string";

    private static void Add(JsonObject schema, RuleAttribute rule, RuleSettings settings)
    {
        switch (rule)
        {
            case LengthAttribute length:
                schema["minLength"] = Math.Max(length.Least, schema["minLength"]?.GetValue<int>() ?? 0);
                schema["maxLength"] = length.Most;
                break;
            case RequiredAttribute or NotBlankAttribute when IsText(schema):
                schema["minLength"] ??= 1;
                break;
            case IdAttribute or KeyAttribute when IsText(schema):
                (schema["minLength"], schema["maxLength"], schema["pattern"]) = (1, IdRules.MaxLength, IdPattern);
                break;
            case CountryAttribute:
                (schema["pattern"], schema["minLength"], schema["maxLength"]) = ("^[A-Za-z]{2}$", 2, 2);
                break;
            case EmailAttribute:
                schema["format"] = "email";
                break;
            case OneOfAttribute one:
                schema["enum"] = Schemas.Array(one.Values);
                break;
            case CurrencyAttribute:
                schema["enum"] = Schemas.Array(settings.Currencies.Order(StringComparer.Ordinal));
                break;
            case GatewayAttribute:
                schema["enum"] = Schemas.Array(settings.Gateways.Order(StringComparer.Ordinal));
                break;
            case MetadataAttribute:
                schema["maxProperties"] = MetadataAttribute.MaxEntries;
                break;
            default:
                AddBound(schema, rule);
                break;
        }
    }

    private static void AddBound(JsonObject schema, RuleAttribute rule)
    {
        switch (rule)
        {
            case AtLeastAttribute bound:
                schema["minimum"] = bound.Least;
                break;
            case MoreThanAttribute bound:
                schema["exclusiveMinimum"] = bound.Bound;
                break;
            case AtMostAttribute bound:
                schema["maximum"] = bound.Most;
                break;
            case BetweenAttribute bound:
                (schema["minimum"], schema["maximum"]) = ((decimal)bound.Least, (decimal)bound.Most);
                break;
            case AmountAttribute:
                (schema["maximum"], schema["multipleOf"]) = (Money.Max, 0.01m);
                break;
        }
    }
}
