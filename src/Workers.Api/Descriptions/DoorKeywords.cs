using System.Globalization;
using System.Text.Json.Nodes;
using Workers.Contracts.Commands;
using Workers.Contracts.Reading;

namespace Workers.Api.Descriptions;

/// <summary>A door's own rules for a command as keywords of its schema, beside those of the command's members.</summary>
internal static class DoorKeywords
{
    /// <param name="schema">The command's.</param>
    /// <param name="info">The command.</param>
    /// <param name="member">The member, by any of its names.</param>
    /// <param name="rule">The door's.</param>
    public static void Add(JsonObject schema, CommandInfo info, string member, DoorRule rule)
    {
        var properties = (JsonObject)schema["properties"]!;
        string[] names = [.. NamesOf(info, member).Where(properties.ContainsKey)];
        foreach (var name in names)
        {
            Add((JsonObject)properties[name]!, rule);
        }

        // An update needs none, and the sum of an order's items stands for its total.
        if (rule.Required && names.Length > 0 && info.Action != "update" && !(names.Contains("total_amount") && properties.ContainsKey("items")))
        {
            Require(schema, properties, names);
        }
    }

    private static IReadOnlyList<string> NamesOf(CommandInfo info, string member)
    {
        var field = info.Body.Find(member) ?? info.Body.Fields.Where(one => one.IsFlat).Select(one => one.Part!.Find(member)).FirstOrDefault();
        return field is null ? [member] : [field.Name, .. field.Aliases];
    }

    private static void Add(JsonObject schema, DoorRule rule)
    {
        if (Keywords.IsText(schema))
        {
            Raise(schema, "minLength", rule.MinLength);
            Lower(schema, "maxLength", rule.MaxLength);
            if (rule.Format is { } format)
            {
                schema["format"] = format;
            }

            if (rule.Enum is { Count: > 0 } values)
            {
                var (before, both) = (schema["enum"] as JsonArray, new JsonArray());
                foreach (var value in values.Where(value => before is null || before.Any(one => one?.GetValue<string>() == value)))
                {
                    both.Add((JsonNode)value);
                }

                if (schema["type"] is JsonArray)
                {
                    both.Add(null);
                }

                schema["enum"] = both;
            }
        }
        else
        {
            Raise(schema, "minimum", rule.Min);
            Lower(schema, "maximum", rule.Max);
        }
    }

    private static void Raise(JsonObject schema, string keyword, decimal? least)
    {
        if (least is { } bound && !(Bound(schema, keyword) > bound))
        {
            schema[keyword] = bound;
        }
    }

    private static void Lower(JsonObject schema, string keyword, decimal? most)
    {
        if (most is { } bound && !(Bound(schema, keyword) < bound))
        {
            schema[keyword] = bound;
        }
    }

    private static decimal? Bound(JsonObject schema, string keyword) =>
        schema[keyword] is { } bound ? decimal.Parse(bound.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture) : null;

    private static void Require(JsonObject schema, JsonObject properties, IReadOnlyList<string> names)
    {
        foreach (var property in names.Select(name => (JsonObject)properties[name]!))
        {
            Keywords.ForbidNull(property);
        }

        var either = names.Select(name => new JsonObject { ["required"] = new JsonArray(name) });
        if (names is [var only])
        {
            var required = schema["required"] as JsonArray ?? [];
            if (!required.Any(one => one!.GetValue<string>() == only))
            {
                required.Add((JsonNode)only);
            }

            schema["required"] ??= required;
        }
        else
        {
            var all = schema["allOf"] as JsonArray ?? [];
            all.Add(new JsonObject { ["anyOf"] = Schemas.Array(either) });
            schema["allOf"] ??= all;
        }
    }
}
