using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Workers.Contracts.Commands;

namespace Workers.Api.Descriptions;

/// <summary>OpenAPI 3.1 of all endpoints, from what they say of themselves (<see cref="Describes"/>) and the records that this names.</summary>
internal sealed class OpenApiDocument(RuleSettings settings, XmlDocs docs)
{
    public JsonObject Make(IEnumerable<Endpoint> endpoints, string service, string version)
    {
        var schemas = new Schemas(settings, docs);
        var examples = new Examples(schemas);
        var responses = new Responses(schemas, examples);
        var commands = new CommandSchemas(schemas, settings, docs);
        var operations = new Operations(schemas, commands, new Parameters(new Schemas(settings, docs)), responses, examples);
        commands.Any();
        var paths = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var endpoint in endpoints.OfType<RouteEndpoint>().Where(endpoint => endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null))
        {
            foreach (var method in MethodsOf(endpoint))
            {
                var path = Operations.PathOf(endpoint);
                var operation = operations.Of(endpoint, method, SaidOf(endpoint));
                (paths.GetValueOrDefault(path) ?? (paths[path] = []))[method.ToLowerInvariant()] = operation;
            }
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = service,
                ["version"] = version,
                ["description"] = "Commands, queries and what became of them. Events are described by `/asyncapi.yaml`.",
                ["license"] = new JsonObject { ["name"] = "Apache License 2.0", ["identifier"] = "Apache-2.0" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["tags"] = Tags(paths.Values),
            ["paths"] = Of(paths),
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas.Components,
                ["responses"] = responses.Problems,
                ["headers"] = Responses.Headers,
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "An API key, or a token of the configured issuer." },
                    ["api_key"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-Api-Key" },
                },
            },
        };
    }

    // HEAD is GET without its body.
    private static IEnumerable<string> MethodsOf(Endpoint endpoint) =>
        (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Where(method => method != "HEAD");

    /// <summary>An endpoint of another project says it by the framework's own metadata: a summary, and what a success is.</summary>
    private static Describes SaidOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<Describes>() ?? new Describes(
        endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary ?? "")
    {
        Answers = [.. endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Select(answer => (answer.StatusCode, (Type?)null))],
        MediaType = endpoint.Metadata.GetMetadata<IProducesResponseTypeMetadata>()?.ContentTypes.FirstOrDefault(),
    };

    private static JsonArray Tags(IEnumerable<JsonObject> paths) => Schemas.Array(
        paths.SelectMany(path => path.Select(operation => operation.Value!["tags"]![0]!.GetValue<string>())).Distinct().Order(StringComparer.Ordinal)
            .Select(JsonNode (name) => new JsonObject { ["name"] = name }));

    private static JsonObject Of(SortedDictionary<string, JsonObject> paths) => [.. paths.Select(path => KeyValuePair.Create(path.Key, (JsonNode?)path.Value))];
}
