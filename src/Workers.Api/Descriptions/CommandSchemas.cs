using System.Text.Json.Nodes;
using Workers.Contracts.Commands;
using Workers.Contracts.Reading;

namespace Workers.Api.Descriptions;

/// <summary>Commands as callers may write them: the members of the record with their other names, and what every door takes beside them.</summary>
internal sealed class CommandSchemas(Schemas schemas, RuleSettings settings, XmlDocs docs)
{
    private const string Envelope = "The same members, where they do not stand beside it.";

    /// <summary>At the general doors, and on the commands' topic.</summary>
    /// <param name="info">The command.</param>
    /// <param name="door">One that has rules of its own.</param>
    public JsonObject Of(CommandInfo info, DescribedDoor? door = null) => schemas.Named(door?.Name + info.Name, () =>
    {
        var schema = Make(info, Forms.Loose, isKeyed: false);
        foreach (var (member, rule) in door?.Rules?.Of(info) ?? new Dictionary<string, DoorRule>())
        {
            DoorKeywords.Add(schema, info, member, rule);
        }

        var direct = new JsonObject { ["required"] = Take(schema, "required"), ["allOf"] = Take(schema, "allOf") };
        foreach (var missing in direct.Where(member => member.Value is null).Select(member => member.Key).ToList())
        {
            direct.Remove(missing);
        }

        if (direct.Count > 0)
        {
            schema["anyOf"] = new JsonArray(direct, new JsonObject { ["required"] = new JsonArray("data") });
        }

        return schema;
    });

    /// <summary>Any that callers may send: told by <c>type</c> or <c>command_type</c>, else by its members.</summary>
    public JsonObject Any() => Any(CommandCatalog.All.Where(info => !info.IsInternal), null);

    /// <summary>Any of these.</summary>
    public JsonObject Any(IEnumerable<CommandInfo> infos, DescribedDoor? door) => schemas.Named(door is null ? nameof(AnyCommand) : $"{door.Name}Command", () => new JsonObject
    {
        ["anyOf"] = Schemas.Array([.. infos.Select(info => Of(info, door)), schemas.OfBody(typeof(HandlersCommand))]),
        ["description"] = "A command: which one is said by `type` or `command_type` (a name, or a kind with `action`), else told from its members.",
    });

    /// <summary>At a resource's own door.</summary>
    /// <param name="info">The command.</param>
    /// <param name="isKeyed">The path says the key.</param>
    public JsonObject OfResource(CommandInfo info, bool isKeyed) => info.Type != typeof(CreateOrder)
        ? schemas.Named(info.Name + "Body", () => Make(info, Forms.Orders, isKeyed))
        : schemas.Named(info.Name + "Body", () => new JsonObject
        {
            ["anyOf"] = new JsonArray(
                schemas.Named("CustomersOrderBody", () => Make(info, Forms.Strict, isKeyed)), schemas.Named("UsersOrderBody", () => Make(info, Forms.Orders, isKeyed))),
            ["description"] = "With `customer_id` or `shipping_address` an order to be sent, with `user_id` alone any other.",
        });

    private JsonObject Make(CommandInfo info, Forms form, bool isKeyed)
    {
        var members = new Members(new JsonObject(), [], []);
        foreach (var field in info.Body.Fields)
        {
            Add(members, field, form, isKeyed);
        }

        AddCommon(members.Properties, info);
        var schema = members.ToSchema(isOpen: false);
        if (docs.Of(info.Type) is { } says)
        {
            schema["description"] = says;
        }

        return schema;
    }

    private void Add(Members members, CommandField field, Forms form, bool isKeyed)
    {
        var schema = Of(field, form);
        var isRequired = field.Rules.Any(rule => (rule is RequiredAttribute && (rule.In & form) != 0) || (rule is KeyAttribute { Made: false, LookedUp: false } && !isKeyed));
        members.Add(field, schema, isRequired, field.IsKey && field.Name.EndsWith("_id", StringComparison.Ordinal) ? "id" : null);
        foreach (var inner in field.IsFlat ? field.Part!.Fields : [])
        {
            members.Add(inner, Of(inner, form), field.Rules.OfType<PartAttribute>().Single().Needs.Contains(inner.Name), null);
        }
    }

    private static void AddCommon(JsonObject properties, CommandInfo info)
    {
        properties["command_id"] = new JsonObject
        {
            ["type"] = new JsonArray("string", "null"),
            ["minLength"] = 1,
            ["maxLength"] = IdRules.MaxLength,
            ["pattern"] = Keywords.IdPattern,
            ["description"] = "The caller's own id: a repeat with it is not executed again.",
        };
        foreach (var name in (string[])["type", "command_type"])
        {
            properties[name] ??= new JsonObject { ["type"] = "string", ["enum"] = new JsonArray(info.Name, info.Kind) };
        }

        properties["action"] ??= new JsonObject { ["type"] = "string", ["const"] = info.Action };
        properties["data"] ??= new JsonObject { ["type"] = "object", ["description"] = Envelope };
    }

    private JsonObject Of(CommandField field, Forms form)
    {
        var schema = field.Shape switch
        {
            FieldShape.Text => new JsonObject { ["type"] = "string" },
            FieldShape.Amount => new JsonObject { ["type"] = "number", ["format"] = "decimal" },
            FieldShape.Whole => new JsonObject { ["type"] = "integer", ["format"] = "int32" },
            FieldShape.Flag => new JsonObject { ["type"] = "boolean" },
            FieldShape.TextMap => new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean", "null") },
            },
            FieldShape.Texts => new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
            FieldShape.Part => Of(field.Part!, form),
            FieldShape.Parts => new JsonObject { ["type"] = "array", ["items"] = Of(field.Part!, form) },
            _ => new JsonObject { ["type"] = "object" },
        };
        Keywords.Add(schema, field.Rules, settings, form);
        if (docs.Of(field.Property) is { } says && !schema.ContainsKey("$ref"))
        {
            schema["description"] = says;
        }

        return schema;
    }

    private JsonObject Of(CommandPart part, Forms form)
    {
        var differs = part.Fields.Any(field => field.Rules.Any(rule => rule.In != Forms.All));
        return schemas.Named(part.Type.Name + "Body" + (differs && form != Forms.Loose ? form.ToString() : ""), () =>
        {
            var members = new Members(new JsonObject(), [], []);
            foreach (var field in part.Fields)
            {
                members.Add(field, Of(field, form), field.Rules.Any(rule => rule is RequiredAttribute or CountryAttribute && (rule.In & form) != 0), null);
            }

            var schema = members.ToSchema(part.IsOpen);
            if (docs.Of(part.Type) is { } says)
            {
                schema["description"] = says;
            }

            return schema;
        });
    }

    private static JsonNode? Take(JsonObject schema, string name)
    {
        var value = schema[name];
        schema.Remove(name);
        return value;
    }

    /// <summary>Members of an object on their way to its schema; one that may have several names is required under any of them.</summary>
    private sealed record Members(JsonObject Properties, List<string> Required, List<JsonNode> Either)
    {
        public void Add(CommandField field, JsonObject schema, bool isRequired, string? other)
        {
            string[] names = [.. field.Aliases, .. other is null ? Array.Empty<string>() : [other]];
            if (!isRequired)
            {
                Keywords.AllowNull(schema);
            }

            Properties[field.Name] = schema;
            foreach (var name in names)
            {
                var alias = (JsonObject)schema.DeepClone();
                alias["description"] = $"The same as `{field.Name}`.";
                Properties[name] = alias;
            }

            if (isRequired && names.Length == 0)
            {
                Required.Add(field.Name);
            }
            else if (isRequired)
            {
                string[] all = [field.Name, .. names];
                Either.Add(new JsonObject { ["anyOf"] = Schemas.Array(all.Select(name => new JsonObject { ["required"] = new JsonArray(name) })) });
            }
        }

        public JsonObject ToSchema(bool isOpen)
        {
            var schema = new JsonObject { ["type"] = "object", ["properties"] = Properties };
            if (Required.Count > 0)
            {
                schema["required"] = Schemas.Array(Required);
            }

            if (Either.Count > 0)
            {
                schema["allOf"] = Schemas.Array(Either);
            }

            schema["additionalProperties"] = isOpen;
            return schema;
        }
    }
}
