using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Workers.Api.Http;
using Workers.Engine.Identity;

namespace Workers.Api.Descriptions;

/// <summary>What operations answer: success as the endpoint says it, and the problems that follow from its route.</summary>
internal sealed class Responses(Schemas schemas, Examples examples)
{
    private static readonly (string Name, JsonObject Schema, string Says)[] s_headers =
    [
        ("ETag", Text(), "The resource's version."),
        ("Location", Text(), "Where what was accepted or made is found."),
        ("Retry-After", Whole(), "Seconds until it is worth asking again."),
        ("Preference-Applied", Text(), "What was followed of `Prefer`."),
        ("X-Command-Id", new() { ["type"] = "string", ["format"] = "uuid" }, "Our id of the command."),
        ("Idempotent-Replayed", new() { ["type"] = "string", ["const"] = "true" }, "It is the answer to an earlier request of the same key."),
        ("RateLimit", Text(), "What is left of the caller's rate."),
        ("RateLimit-Policy", Text(), "The caller's rate."),
        ("Allow", Text(), "The methods that are served."),
        ("Upgrade", Text(), "The protocol that is served."),
        ("WWW-Authenticate", Text(), "How a caller says who it is."),
    ];

    private readonly SortedDictionary<string, JsonObject> _problems = new(StringComparer.Ordinal);

    /// <summary>Headers by name.</summary>
    public static JsonObject Headers => [.. s_headers.Select(header => KeyValuePair.Create(
        header.Name, (JsonNode?)new JsonObject { ["description"] = header.Says, ["schema"] = header.Schema.DeepClone() }))];

    /// <summary>Problems that were asked for, by name.</summary>
    public JsonObject Problems => [.. _problems.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value.DeepClone()))];

    public JsonObject Of(RouteEndpoint endpoint, string path, string method, Describes says, bool hasBody)
    {
        var all = new SortedDictionary<int, JsonObject>();
        foreach (var answers in says.Answers.GroupBy(answer => answer.Status, answer => answer.Body))
        {
            all[answers.Key] = Success(endpoint, says, answers.Key, [.. answers.OfType<Type>()]);
        }

        if (says is { IsVersioned: true, IsWrite: false } or { IsDocument: true })
        {
            all[304] = new JsonObject { ["description"] = "It is as the caller knows it", ["headers"] = Refer("ETag") };
        }

        foreach (var status in Statuses(endpoint, path, method, says, hasBody).Where(status => !all.ContainsKey(status)))
        {
            all[status] = Problem(status);
        }

        return [.. all.Select(pair => KeyValuePair.Create(pair.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)pair.Value))];
    }

    private static IEnumerable<int> Statuses(RouteEndpoint endpoint, string path, string method, Describes says, bool hasBody)
    {
        List<int> statuses = [403, 500, .. says.Refusals];
        if (!path.StartsWith("/health", StringComparison.Ordinal) && path != "/metrics")
        {
            statuses.AddRange([400, 429, 503]);
        }

        if (endpoint.Metadata.GetMetadata<AnswersJson>() is not null)
        {
            statuses.Add(406);
        }

        if (endpoint.Metadata.GetMetadata<Needs>() is { AnyOf: not Role.None })
        {
            statuses.Add(401);
        }

        if (endpoint.RoutePattern.Parameters.Count > 0)
        {
            statuses.Add(404);
        }

        if (!says.IsWrite && path.StartsWith("/api/", StringComparison.Ordinal))
        {
            statuses.Add(504);
        }

        if (hasBody)
        {
            statuses.AddRange([408, 413, 415]);
        }

        if (says is { IsVersioned: true, IsKeyed: true, IsWrite: true })
        {
            statuses.Add(412);
        }

        return statuses;
    }

    private JsonObject Success(RouteEndpoint endpoint, Describes says, int status, IReadOnlyList<Type> bodies)
    {
        var answer = new JsonObject { ["description"] = status == 202 ? "Accepted and on disk, not done yet" : ReasonPhrases.GetReasonPhrase(status) };
        string[] headers =
        [
            .. (says.IsVersioned || says.IsDocument) && status is 200 or 201 ? ["ETag"] : Array.Empty<string>(), .. status is 201 or 202 ? ["Location"] : Array.Empty<string>(),
            .. status == 202 ? ["Retry-After"] : Array.Empty<string>(),
            .. says.IsWrite ? ["Preference-Applied", "X-Command-Id", "Idempotent-Replayed"] : Array.Empty<string>(), "RateLimit", "RateLimit-Policy",
        ];
        answer["headers"] = Refer(headers);
        if (bodies.Count == 0 && says.MediaType is null)
        {
            return answer;
        }

        var content = new JsonObject();
        if (bodies.Count > 0)
        {
            var schema = bodies.Count == 1 ? schemas.Of(bodies[0]) : new JsonObject { ["anyOf"] = Schemas.Array(bodies.Select(schemas.Of)) };
            content[says.MediaType ?? JsonAnswer.MediaType] = new JsonObject { ["schema"] = schema, ["example"] = examples.Of(schema) };
        }
        else
        {
            content[says.MediaType!] = new JsonObject { ["schema"] = Text() };
        }

        if (endpoint.Metadata.GetMetadata<AnswersJson>() is { OrEvents: true } && status == 200)
        {
            content[MediaTypes.EventStream] = new JsonObject { ["schema"] = Text() };
        }

        answer["content"] = content;
        return answer;
    }

    private JsonObject Problem(int status)
    {
        var name = ReasonPhrases.GetReasonPhrase(status).Replace(" ", "", StringComparison.Ordinal);
        if (!_problems.ContainsKey(name))
        {
            _problems[name] = new JsonObject
            {
                ["description"] = Says(status),
                ["headers"] = Refer(
                [
                    .. status is 429 or 503 ? ["Retry-After"] : Array.Empty<string>(), .. status is 401 or 403 ? ["WWW-Authenticate"] : Array.Empty<string>(), .. status == 426 ? ["Upgrade"] : Array.Empty<string>(),
                    "Preference-Applied", "X-Command-Id", "Idempotent-Replayed", "RateLimit", "RateLimit-Policy",
                ]),
                ["content"] = new JsonObject
                {
                    [Http.Problem.MediaType] = new JsonObject { ["schema"] = schemas.Of(typeof(ProblemShape)), ["example"] = Example(status) },
                },
            };
        }

        return new JsonObject { ["$ref"] = "#/components/responses/" + name };
    }

    private static JsonObject Example(int status) => new()
    {
        ["type"] = "about:blank",
        ["title"] = ReasonPhrases.GetReasonPhrase(status),
        ["status"] = status,
        ["detail"] = Sentence(status),
        ["error"] = Sentence(status),
        ["code"] = Code(status),
        ["trace_id"] = "0af7651916cd43dd8448eb211c80319c",
        ["retryable"] = status is 429 or 503,
    };

    private static string Says(int status) => status switch
    {
        StatusCodes.Status503ServiceUnavailable =>
            "Not now: what it needs is away (`LOG_UNAVAILABLE`, `STORE_UNAVAILABLE`), or more is to be done than can be (`OVERLOADED`). Nothing was accepted; the same request may be sent again after `Retry-After`",
        _ => ReasonPhrases.GetReasonPhrase(status),
    };

    private static string Sentence(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "Validation error: Order must have at least one item",
        StatusCodes.Status404NotFound => "Order not found",
        StatusCodes.Status409Conflict => "Order already exists",
        StatusCodes.Status503ServiceUnavailable => "Failed to persist event: the log cannot be reached",
        _ => ReasonPhrases.GetReasonPhrase(status),
    };

    private static string Code(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "VALIDATION",
        StatusCodes.Status409Conflict => "ALREADY_EXISTS",
        StatusCodes.Status422UnprocessableEntity => "IDEMPOTENCY_KEY_REUSED",
        StatusCodes.Status503ServiceUnavailable => "LOG_UNAVAILABLE",
        _ => ReasonPhrases.GetReasonPhrase(status).ToUpperInvariant().Replace(' ', '_'),
    };

    private static JsonObject Refer(params string[] names) =>
        [.. names.Select(name => KeyValuePair.Create(name, (JsonNode?)new JsonObject { ["$ref"] = "#/components/headers/" + name }))];

    private static JsonObject Text() => new() { ["type"] = "string" };

    private static JsonObject Whole() => new() { ["type"] = "integer", ["minimum"] = 0 };
}
