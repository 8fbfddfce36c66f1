using System.Text.Json.Nodes;

namespace Workers.Api.Descriptions;

/// <summary>
/// Examples made of schemas: what is required, and what is known here by its name. The same name has the same value everywhere, so that the examples of several
/// operations go together.
/// </summary>
internal sealed class Examples(Schemas schemas)
{
    private const string Uuid = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071";
    private const string Time = "2026-01-31T12:00:00.000Z";

    // Members that are shown although nobody must send them; a name with its schema's before it is meant there alone.
    private static readonly Dictionary<string, string> s_known = new (string Name, string Json)[]
    {
        ("user_id", "\"user-1\""), ("customer_id", "\"user-1\""), ("order_id", "\"order-1\""), ("payment_id", "\"payment-1\""),
        ("product_id", "\"product-1\""), ("notification_id", "\"notification-1\""), ("refund_id", "\"refund-1\""), ("command_id", "\"command-1\""),
        ("saga_id", "\"order-1\""), ("name", "\"Ada Lovelace\""), ("email", "\"user-1@example.com\""), ("age", "36"),
        ("amount", "10.5"), ("currency", "\"USD\""), ("price", "999.99"), ("unit_price", "999.99"), ("quantity", "1"), ("stock", "10"), ("sku", "\"product-1\""),
        ("items", ""), ("shipping_address", ""), ("street", "\"123 Tech Street\""), ("city", "\"San Francisco\""), ("state", "\"CA\""),
        ("zip", "\"94102\""), ("country", "\"US\""), ("payment_method", "\"credit_card\""), ("category", "\"laptops\""), ("reason", "\"asked for by the customer\""),
        ("tracking_number", "\"1Z999AA10123456784\""), ("carrier", "\"UPS\""), ("channel", "\"email\""), ("title", "\"Welcome\""), ("message", "\"Hello.\""),
        ("entity_type", "\"user\""), ("entity_id", "\"user-1\""), ("entity", "\"users\""),
        ("CreateProduct.name", "\"Laptop\""), ("CreateProductBody.name", "\"Laptop\""), ("UpdateProduct.name", "\"Laptop\""), ("UpdateProductBody.name", "\"Laptop\""),
        ("UpdateProduct.stock", "-"), ("UpdateProductBody.stock", "-"), ("UpdateOrder.items", "-"), ("UpdateOrderBody.items", "-"), ("CreateOrder.shipping_address", "-"),
        ("UpdateOrder.user_id", "-"), ("UpdateOrderBody.user_id", "-"), ("UpdateOrder.customer_id", "-"), ("UpdateOrderBody.customer_id", "-"),
        ("UpdateUser.email", "-"), ("UpdateUserBody.email", "-"),
        ("OrderItemBody.name", "-"), ("OrderItemBodyStrict.name", "-"), ("OrderItemBodyOrders.name", "-"),
        ("AdjustInventory.action", "\"add\""), ("AdjustInventory.order_id", "-"), ("ProcessPayment.order_id", "-"), ("ProcessPaymentBody.order_id", "-"),
        ("RunSystemAction.action", "\"ping\""), ("RecordAudit.action", "\"reviewed\""), ("SendNotification.type", "\"welcome\""),
        ("UpdatePayment.description", "\"January\""), ("UpdatePaymentBody.description", "\"January\""),
        ("RefundPayment.user_id", "-"), ("RefundPayment.currency", "-"),
        ("KeyBody.roles", "[\"admin\"]"), ("KeyBody.name", "\"reports\""), ("?q", "\"ada\""), ("PauseBody.until", "\"2099-12-31T12:00:00Z\""), ("RegisterBody.types", "[\"MakeCoffee\"]"), ("RegisterBody.url", "\"http://127.0.0.1:9000/commands\""),
        ("ReplayBody.dry_run", "true"), ("CancellationBody.dry_run", "true"), ("CancellationFilter.state", "\"QUEUED\""), ("RepositoryQuery.where", "{\"field\":\"age\",\"op\":\"gte\",\"value\":18}"), ("RepositoryQuery.limit", "10"),
        ("WarmBody.entities", "[\"users\"]"), ("position", "0"), ("CommandLinks.self", $"\"/api/v1/commands/{Uuid}\""), ("ResetBody.name", "-"),
        ("CqrsRegisterBody.types", "-"), ("CqrsRegisterBody.type", "\"MakeCoffee\""), ("CqrsRegisterBody.url", "\"http://127.0.0.1:9000/commands\""),
        ("CqrsEvent.entity", "\"user\""), ("QueryBody.query_id", "\"query-1\""), ("QueryBody.type", "\"GetUser\""), ("QueryBody.data", "{\"id\":\"user-1\"}"), ("EventBody.type", "\"UserCreated\""),
        ("EventBody.data", "{\"user_id\":\"user-1\",\"name\":\"Ada Lovelace\",\"email\":\"user-1@example.com\"}"), ("ReadModelBody.type", "\"UserReadModel\""), ("ReadModelBody.id", "\"user-1\""),
        ("ReadModelBody.data", "{\"name\":\"Ada Lovelace\"}"), ("SubscriptionBody.types", "[\"SendNotification\"]"), ("SubscriptionBody.url", "\"http://127.0.0.1:9000/ends\""),
        ("SubscriptionBody.secret", "\"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz\""),
        ("schedule_id", "\"schedule-1\""), ("SchedulePauseBody.until", "\"2099-12-31T12:00:00Z\""), ("ScheduleBody.cron", "\"0 30 2 * * ?\""), ("ScheduleBody.time_zone", "\"UTC\""), ("ScheduleImportBody.dry_run", "true"),
        ("ScheduleBody.command", "{\"type\":\"SendNotification\",\"user_id\":\"user-1\",\"channel\":\"email\",\"title\":\"Welcome\",\"message\":\"Hello.\"}"),
    }.ToDictionary(known => known.Name, known => known.Json, StringComparer.Ordinal);

    /// <summary>An example of the schema; of one that leaves it open null.</summary>
    public JsonNode? Of(JsonObject schema) => Of(schema, "", 0);

    /// <summary>A value by its name alone; null where it has none.</summary>
    public static JsonNode? Named(string name) => s_known.TryGetValue(name, out var text) && text is not ("" or "-") ? JsonNode.Parse(text) : null;

    private JsonNode? Of(JsonObject schema, string path, int depth)
    {
        if (schema["$ref"]?.GetValue<string>() is { } reference)
        {
            return Of(schemas.Resolve(schema), reference[(reference.LastIndexOf('/') + 1)..], depth + 1);
        }

        if (schema["anyOf"] is JsonArray { Count: > 0 } any && !schema.ContainsKey("properties"))
        {
            return Of((JsonObject)any[0]!, path, depth + 1);
        }

        return schema["const"]?.DeepClone() ?? (schema["enum"] as JsonArray)?[0]?.DeepClone() ?? (TypeOf(schema) switch
        {
            "object" => Object(schema, path, depth),
            "array" => schema["items"] is JsonObject { Count: > 0 } items && depth < 8 && Of(items, path, depth + 1) is { } item ? new JsonArray(item) : new JsonArray(),
            "integer" => schema["minimum"]?.GetValue<decimal>() is > 0 and var least ? (long)least : 1,
            "number" => 1,
            "boolean" => true,
            "string" => schema["format"]?.GetValue<string>() switch { "uuid" => Uuid, "date-time" => Time, "email" => "ada@example.com", _ => "text" },
            _ => null,
        });
    }

    private JsonObject Object(JsonObject schema, string path, int depth)
    {
        var example = new JsonObject();
        var required = Required(schema);
        foreach (var (name, member) in schema["properties"] as JsonObject ?? [])
        {
            var known = s_known.GetValueOrDefault($"{path}.{name}") ?? s_known.GetValueOrDefault($"{DescribedDoor.Without(path)}.{name}") ?? s_known.GetValueOrDefault(name);
            known = known == "-" && required.Contains(name) ? null : known;
            var isAlias = member!["description"]?.GetValue<string>().StartsWith("The same as", StringComparison.Ordinal) == true && !required.Contains(name);
            if (depth > 8 || isAlias || known == "-" || (!required.Contains(name) && known is null))
            {
                continue;
            }

            var value = Of((JsonObject)member!, name, depth + 1);
            example[name] = known is { Length: > 0 } && Fits(known, (JsonObject)member!) ? JsonNode.Parse(known) : value;
        }

        return example;
    }

    private static HashSet<string> Required(JsonObject schema)
    {
        var direct = (schema["anyOf"] as JsonArray)?[0] as JsonObject;
        var lists = new[] { schema, direct }.OfType<JsonObject>();
        var either = lists.SelectMany(one => one["allOf"] as JsonArray ?? []).Select(one => one!["anyOf"]![0]!);
        return [.. lists.Concat(either.OfType<JsonObject>()).SelectMany(one => one["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>())];
    }

    // A known text is no value for a number of the same name.
    private static bool Fits(string known, JsonObject schema) => known[0] switch
    {
        '"' => TypeOf(schema) == "string" && (schema["enum"] as JsonArray)?.Any(one => one?.ToJsonString() == known) != false && schema["format"]?.GetValue<string>() is null or "email" or "date-time",
        '[' => TypeOf(schema) == "array",
        '{' => TypeOf(schema) is "object" or null,
        't' => TypeOf(schema) == "boolean",
        _ => TypeOf(schema) is "number" or "integer",
    };

    private static string? TypeOf(JsonObject schema) => schema["type"] switch
    {
        JsonArray several => several[0]!.GetValue<string>(),
        JsonValue one => one.GetValue<string>(),
        _ => null,
    };
}
