using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Identity;

namespace Workers.Api.Descriptions;

/// <summary>One endpoint and method as an operation of OpenAPI.</summary>
internal sealed class Operations(Schemas schemas, CommandSchemas commands, Parameters parameters, Responses responses, Examples examples)
{
    private const string Api = "/api/v1/";

    public JsonObject Of(RouteEndpoint endpoint, string method, Describes says)
    {
        var path = PathOf(endpoint);
        var operation = new JsonObject
        {
            ["operationId"] = IdOf(method, path),
            ["summary"] = says.Summary,
            ["tags"] = new JsonArray(TagOf(path)),
            ["parameters"] = parameters.Of(endpoint.RoutePattern, says, method),
        };
        if (Body(says) is { } body)
        {
            operation["requestBody"] = body;
        }

        if (endpoint.Metadata.GetMetadata<Needs>() is { AnyOf: not Role.None and var roles })
        {
            // A caller with one of them.
            operation["x-required-roles"] = Schemas.Array(Roles.Said(roles, ",").Split(','));
            operation["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }, new JsonObject { ["api_key"] = new JsonArray() }, new JsonObject());
        }
        else
        {
            operation["security"] = new JsonArray();
        }

        operation["responses"] = responses.Of(endpoint, path, method, says, hasBody: operation.ContainsKey("requestBody"));
        return operation;
    }

    /// <summary>The route as OpenAPI writes it.</summary>
    public static string PathOf(RouteEndpoint endpoint) => "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
        _ => "",
    }))));

    /// <summary>Such as <c>post_commands_id_cancel</c>.</summary>
    private static string IdOf(string method, string path)
    {
        var words = path.Replace(Api, "", StringComparison.Ordinal).Split('/', '-', '.', '{', '}').Where(word => word.Length > 0);
        return $"{method.ToLowerInvariant()}_{string.Join('_', words)}";
    }

    private static string TagOf(string path)
    {
        var words = path.Replace(Api, "", StringComparison.Ordinal).TrimStart('/').Split('/');
        return words[0] == "commands" && words.Length > 1 && words[1] is "handlers" or "dead-letters" or "sagas" or "audit" or "schedule" or "scheduled" or "metrics" or "subscriptions"
            ? words[1].Replace("scheduled", "schedule", StringComparison.Ordinal)
            : path.StartsWith(Api, StringComparison.Ordinal) ? words[0] : "platform";
    }

    private JsonObject? Body(Describes says)
    {
        var bodies = says.Commands.Select(info => says.IsVersioned ? commands.OfResource(info, says.IsKeyed) : commands.Of(info, says.Door)).ToList();
        var isAny = bodies.Count > 1 || says.Door is not null;
        var (schema, samples) = (says.Body, bodies.Count) switch
        {
            ({ } type, _) => One(schemas.OfBody(type)),
            (_, 0) => (null, null),
            (_, 1) when !isAny => One(bodies[0]),
            _ => (commands.Any(says.Commands, says.Door), Several(says.Commands, bodies)),
        };
        if (schema is null)
        {
            return null;
        }

        var content = new JsonObject { ["schema"] = schema };
        content[samples is JsonObject { Count: > 0 } && isAny ? "examples" : "example"] = samples;
        return new JsonObject { ["required"] = says.NeedsBody || isAny || IsNeeded(schemas.Resolve(schema)), ["content"] = new JsonObject { [JsonAnswer.MediaType] = content } };
    }

    private (JsonObject Schema, JsonNode? Samples) One(JsonObject schema) => (schema, examples.Of(schema));

    // Each by the command's name, which the example says too: it is told from no member.
    private JsonObject Several(IReadOnlyList<CommandInfo> infos, List<JsonObject> bodies)
    {
        var samples = new JsonObject();
        foreach (var (info, body) in infos.Zip(bodies))
        {
            var sample = new JsonObject { [info.Body.Find("type") is null ? "type" : "command_type"] = info.Name };
            foreach (var (name, value) in (JsonObject)examples.Of(body)!)
            {
                sample[name] = value?.DeepClone();
            }

            samples[info.Name] = new JsonObject { ["value"] = sample };
        }

        return samples;
    }

    private static bool IsNeeded(JsonObject schema) => schema.ContainsKey("required") || schema.ContainsKey("allOf") || schema.ContainsKey("anyOf");
}

/// <summary>Parameters of operations: in the path, in the query, and the headers that doors read.</summary>
internal sealed class Parameters(Schemas schemas)
{
    private static readonly Dictionary<string, string> s_headers = new()
    {
        ["Prefer"] = "`wait=N` waits so many seconds for the outcome, `respond-async` does not wait (RFC 7240).",
        ["Idempotency-Key"] = "The caller's own key: a repeat with it is not executed again.",
        ["X-Reason"] = "Why it is done, where the body does not say it.",
        ["X-Correlation-Id"] = "What it belongs to; passed on to all that follows.",
        ["If-Match"] = "The version that is expected, as an `ETag`.",
        ["If-None-Match"] = "The version that is known: 304 if it still is that one.",
    };

    public JsonArray Of(RoutePattern route, Describes says, string method)
    {
        var all = new JsonArray();
        foreach (var parameter in route.Parameters)
        {
            all.Add(InPath(route, parameter.Name));
        }

        foreach (var property in says.Query is { } query ? query.GetProperties() : [])
        {
            all.Add(InQuery(schemas.Resolve(schemas.Of(says.Query!)), JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name)));
        }

        foreach (var filter in says.Filters.Where(name => !route.Parameters.Any(parameter => parameter.Name == name)))
        {
            all.Add(Parameter("query", filter, new() { ["type"] = "string" }, $"Those alone whose `{filter}` is this."));
        }

        if (says.IsWrite)
        {
            all.Add(Parameter("query", "reason", new() { ["type"] = "string", ["maxLength"] = 1_000 }, s_headers["X-Reason"]));
        }

        foreach (var header in Headers(says, method))
        {
            all.Add(Parameter("header", header, new() { ["type"] = "string" }, s_headers[header]));
        }

        return all;
    }

    private static IEnumerable<string> Headers(Describes says, string method) =>
        says.IsWrite ? ["Prefer", "Idempotency-Key", "X-Reason", "X-Correlation-Id", .. says.IsVersioned && says.IsKeyed ? ["If-Match"] : Array.Empty<string>()]
        : (says.IsVersioned || says.IsDocument) && method == "GET" ? ["If-None-Match"]
        : [];

    private static JsonObject InPath(RoutePattern route, string name)
    {
        var before = route.PathSegments.Select(segment => (segment.Parts[0] as RoutePatternLiteralPart)?.Content).TakeWhile(text => text is not null).LastOrDefault();
        var (schema, example) = (before, name) switch
        {
            ("dead-letters" or "operations" or "audit", "id") => (Uuid(), (JsonNode?)"019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071"),
            ("commands", "id") => (Id(), "command-1"),
            ("sagas", "id") => (Id(), "order-1"),
            ("events" or "subscriptions", "id") or (_, "delivery") => (Uuid(), "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071"),
            ("queries", "id") => (Id(), "query-1"),
            ("read-models", "id") => (Id(), "user-1"),
            ("scheduled", "id") => (Id(), "schedule-1"),
            (_, "id") => (Id(), $"{before!.TrimEnd('s')}-1"),
            ("queues", "kind") => (OneOf(CommandCatalog.Kinds), "payment"),
            ("feeds", "topic") => (OneOf(Contracts.Topics.Feeds), Contracts.Topics.CommandEvents),
            ("repositories", "type") => (OneOf(["mysql", "mongodb", "sqlite", "cached", "specification", "transactional"]), "sqlite"),
            ("partitions", "group") => (Text(), "feeds"),
            ("partitions", "topic") => (Text(), Contracts.Topics.Commands),
            (_, "partition") => (new JsonObject { ["type"] = "integer", ["minimum"] = 0 }, 0),
            ("handlers", "name") => (Id(), "coffee"),
            ("commands" or "queries" or "events", "type") => (Id(), "MakeCoffee"),
            (_, "type") => (Text(), "CreateOrder"),
            _ => (Text(), Examples.Named(name) ?? "text"),
        };
        var parameter = Parameter("path", name, schema, null);
        parameter["required"] = true;
        parameter["example"] = example;
        return parameter;
    }

    private JsonObject InQuery(JsonObject record, string name)
    {
        var schema = (JsonObject)record["properties"]![name]!.DeepClone();
        var says = schema["description"]?.GetValue<string>();
        schema.Remove("description");
        var parameter = Parameter("query", name, schema, says);
        if (Examples.Named($"?{name}") is { } example)
        {
            parameter["example"] = example;
        }

        parameter["required"] = record["required"] is JsonArray required && required.Any(one => one!.GetValue<string>() == name);
        return parameter;
    }

    private static JsonObject Parameter(string place, string name, JsonObject schema, string? says)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place };
        if (says is not null)
        {
            parameter["description"] = says;
        }

        parameter["schema"] = schema;
        return parameter;
    }

    private static JsonObject Text() => new() { ["type"] = "string" };

    private static JsonObject Uuid() => new() { ["type"] = "string", ["format"] = "uuid" };

    private static JsonObject Id() => new() { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = IdRules.MaxLength, ["pattern"] = Keywords.IdPattern };

    private static JsonObject OneOf(IEnumerable<string> values) => new() { ["type"] = "string", ["enum"] = Schemas.Array(values) };
}
