using System.Text.Json.Nodes;

namespace Workers.EndToEnd.Descriptions;

/// <summary>The OpenAPI document as it is served.</summary>
internal sealed class ServedDocument
{
    public ServedDocument(JsonObject document)
    {
        Json = document;
        Schema = new JsonSchema(document);
        Operations =
        [
            .. document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation =>
                new Operation(this, operation.Key.ToUpperInvariant(), path.Key, operation.Value!.AsObject()))),
        ];
    }

    public JsonObject Json { get; }

    public JsonSchema Schema { get; }

    public IReadOnlyList<Operation> Operations { get; }

    public Operation this[string id] => Operations.Single(operation => operation.Id == id);

    /// <summary>The node, or what it refers to.</summary>
    public JsonObject Follow(JsonNode node) => (node["$ref"]?.GetValue<string>() is { } reference ? Schema.Resolve(reference) : node).AsObject();
}

/// <summary>One operation of it.</summary>
internal sealed record Operation(ServedDocument Document, string Method, string Path, JsonObject Json)
{
    private static readonly HashSet<string> s_free = new(StringComparer.OrdinalIgnoreCase)
    {
        "Date", "Connection", "Transfer-Encoding", "Vary", "Cache-Control",
    };

    public string Id => Json["operationId"]!.GetValue<string>();

    /// <summary>The media type of its body with schema and examples; null where it has none.</summary>
    public JsonObject? Body => Json["requestBody"]?["content"]?["application/json"]?.AsObject();

    public IEnumerable<JsonObject> Parameters => Json["parameters"]!.AsArray().Select(parameter => parameter!.AsObject());

    /// <summary>Its examples by name; one without a name where there is but one.</summary>
    public IReadOnlyDictionary<string, JsonNode> Examples => Body is null ? new Dictionary<string, JsonNode>()
        : Body["examples"] is JsonObject several ? several.ToDictionary(one => one.Key, one => one.Value!["value"]!)
        : new Dictionary<string, JsonNode> { [""] = Body["example"]! };

    /// <summary>The path with the examples of its parameters.</summary>
    public string ExamplePath => Parameters.Where(parameter => parameter["in"]!.GetValue<string>() == "path")
        .Aggregate(Path, (path, parameter) => path.Replace($"{{{parameter["name"]}}}", parameter["example"]!.ToString(), StringComparison.Ordinal));

    /// <summary>The query of those of its members that have examples, with its question mark.</summary>
    public string ExampleQuery => "?" + string.Join('&', Parameters.Where(parameter => parameter["in"]!.GetValue<string>() == "query" && parameter["example"] is not null)
        .Select(parameter => $"{parameter["name"]}={parameter["example"]}"));

    /// <summary>What of the answer is not as the document says.</summary>
    public IEnumerable<string> Errors(Running.Answer answer)
    {
        if (Json["responses"]![$"{answer.Status}"] is not { } said)
        {
            return [$"{Id}: {answer.Status} is not described: {answer}"];
        }

        var response = Document.Follow(said);
        return [.. BodyErrors(answer, response), .. HeaderErrors(answer, response)];
    }

    private IEnumerable<string> BodyErrors(Running.Answer answer, JsonObject response)
    {
        if (response["content"] is not JsonObject content)
        {
            return answer.Content.Length == 0 ? [] : [$"{Id}: {answer.Status} has a body: {answer}"];
        }

        if (content[answer.MediaType ?? ""] is not { } type)
        {
            return [$"{Id}: {answer.Status} is {answer.MediaType}, not {string.Join(", ", content.Select(one => one.Key))}"];
        }

        return answer.MediaType!.EndsWith("json", StringComparison.Ordinal)
            ? Document.Schema.Errors(type["schema"]!, JsonNode.Parse(answer.Content)).Select(error => $"{Id} {answer.Status}: {error}")
            : answer.Content.Length > 0 ? [] : [$"{Id}: {answer.Status} is empty"];
    }

    private IEnumerable<string> HeaderErrors(Running.Answer answer, JsonObject response)
    {
        var headers = response["headers"]?.AsObject() ?? [];
        foreach (var (name, value) in answer.Headers.Where(header => !s_free.Contains(header.Key)))
        {
            var header = headers.FirstOrDefault(one => one.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
            if (header is null)
            {
                yield return $"{Id} {answer.Status}: the header {name} is not described";
                continue;
            }

            var schema = Document.Follow(header)["schema"]!;
            JsonNode sent = schema["type"]!.GetValue<string>() == "integer" && int.TryParse(value, out var number) ? number : value;
            foreach (var error in Document.Schema.Errors(schema, sent))
            {
                yield return $"{Id} {answer.Status}: {name}: {error}";
            }
        }
    }
}
