using System.Text.Json.Nodes;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Api.Descriptions;

/// <summary>What the public feeds tell. Whoever serves the API says it.</summary>
public sealed record FeedMessages(IReadOnlyList<FeedMessage> All);

/// <summary>AsyncAPI 3.0 of the topics and the WebSocket, from the catalogs of commands and events and the feeds' table of names.</summary>
internal sealed class AsyncApiDocument(RuleSettings settings, XmlDocs docs, FeedMessages feeds)
{
    private const string Socket = "socket";

    private readonly Schemas _schemas = new(settings, docs);
    private readonly JsonObject _messages = [];
    private readonly JsonObject _channels = [];
    private readonly JsonObject _operations = [];

    public JsonObject Make(string service, string version)
    {
        var commands = new CommandSchemas(_schemas, settings, docs);
        AddTopic(Topics.Commands, "receive", "Commands that any system may send: in every form the HTTP doors take, keyed by what the command is about.",
            [.. CommandCatalog.All.Where(info => !info.IsInternal).Select(info => Message(info.Name, docs.Of(info.Type), typeof(CommandHeaders), commands.Of(info)))]);
        foreach (var feed in feeds.All.GroupBy(message => message.Topic))
        {
            AddTopic(feed.Key, "send", SaysOf(feed.Key), [.. feed.Select(Message), .. feed.Key == Topics.CqrsEvents ? [Posted()] : Array.Empty<string>()]);
        }

        AddSocket();
        return new JsonObject
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = service, ["version"] = version, ["description"] = "Topics on Kafka and the WebSocket. The HTTP API is described by `/openapi/v1.json`." },
            ["servers"] = new JsonObject { ["kafka"] = Server("kafka", "localhost:9092"), ["http"] = Server("ws", "localhost:8080") },
            ["defaultContentType"] = "application/json",
            ["channels"] = _channels,
            ["operations"] = _operations,
            ["components"] = new JsonObject { ["messages"] = _messages, ["schemas"] = _schemas.Components },
        };
    }

    private static JsonObject Server(string protocol, string host) => new()
    {
        ["host"] = "{host}",
        ["protocol"] = protocol,
        ["variables"] = new JsonObject { ["host"] = new JsonObject { ["default"] = host } },
    };

    private void AddTopic(string topic, string action, string says, IReadOnlyList<string> messages)
    {
        _channels[topic] = Channel(topic, says, "kafka", messages);
        AddOperation(action, topic, topic, messages);
    }

    private void AddSocket()
    {
        string[] sent =
        [
            Frame<EventFrame>(), Frame<SubscribedFrame>(), Frame<PassedFrame>(), Frame<GapFrame>(), Frame<ErrorFrame>(),
        ];
        string[] received = [Frame<SubscribeFrame>()];
        var channel = Channel("/ws", "Events as they happen: a WebSocket of text frames.", "http", [.. sent, .. received]);
        channel["bindings"] = new JsonObject { ["ws"] = new JsonObject { ["method"] = "GET", ["query"] = Query() } };
        _channels[Socket] = channel;
        AddOperation("send", Socket, Socket + ".send", sent);
        AddOperation("receive", Socket, Socket + ".receive", received);
    }

    // Beside, not referred to: a reference is a schema of its own to AsyncAPI.
    private JsonObject Query()
    {
        var schemas = new Schemas(settings, docs);
        return (JsonObject)schemas.Resolve(schemas.Of(typeof(SocketQuery))).DeepClone();
    }

    private static JsonObject Channel(string address, string says, string server, IEnumerable<string> messages) => new()
    {
        ["address"] = address,
        ["description"] = says,
        ["servers"] = new JsonArray(Refer("servers", server)),
        ["messages"] = new JsonObject(messages.Select(name => KeyValuePair.Create(name, (JsonNode?)Refer("components/messages", name)))),
    };

    private void AddOperation(string action, string channel, string name, IEnumerable<string> messages) => _operations[name] = new JsonObject
    {
        ["action"] = action,
        ["channel"] = Refer("channels", channel),
        ["messages"] = Schemas.Array(messages.Select(message => Refer($"channels/{channel}/messages", message))),
    };

    private string Frame<T>() => Message(typeof(T).Name, docs.Of(typeof(T)), null, _schemas.Of(typeof(T)));

    private string Message(FeedMessage message) => Message(
        $"{message.Topic}.{message.Type}", message.Events is [{ } only] ? docs.Of(only.Type) : null, typeof(FeedHeaders), Payload(message), message.Type);

    private string Posted() => Message(
        $"{Topics.CqrsEvents}.external", "What a caller posted: its type is the caller's own, and `ce_origin` is `external`.", typeof(FeedHeaders),
        new JsonObject { ["type"] = "object" }, "external");

    private string Message(string name, string? says, Type? headers, JsonObject payload, string? shown = null)
    {
        var message = new JsonObject { ["name"] = shown ?? name };
        if (says is not null)
        {
            message["summary"] = says;
        }

        if (headers is not null)
        {
            message["headers"] = HeadersOf(headers);
        }

        message["payload"] = payload;
        _messages[name] = message;
        return name;
    }

    // Headers are open, and one is not written in snake_case.
    private JsonObject HeadersOf(Type type)
    {
        _schemas.Of(type);
        return _schemas.Changed(Schemas.NameOf(type), schema =>
        {
            schema["additionalProperties"] = true;
            if (schema["properties"] is JsonObject properties && properties.Remove("content_type", out var contentType))
            {
                properties["content-type"] = contentType;
            }
        });
    }

    private JsonObject Payload(FeedMessage message) => message.Data switch
    {
        FeedData.Command => _schemas.Of(typeof(CommandShape)),
        FeedData.Figures => _schemas.Of(typeof(MetricsSnapshot)),
        FeedData.Entity => _schemas.Of(message.Events[0].Entity switch
        {
            "user" => typeof(Change<UserShape>),
            "order" => typeof(Change<OrderShape>),
            "payment" => typeof(Change<PaymentShape>),
            _ => typeof(Change<ProductShape>),
        }),
        _ when message.Events is [{ } only] => _schemas.Of(only.Type),
        _ => new JsonObject { ["anyOf"] = Schemas.Array(message.Events.Select(info => _schemas.Of(info.Type))) },
    };

    private static string SaysOf(string topic) => topic switch
    {
        Topics.CommandEvents => "What became of commands, keyed by what the command is about.",
        Topics.OrderEvents => "Domain events of orders, keyed by the order's id.",
        Topics.CqrsEvents => "All domain events, and those that callers posted, keyed by the entity's id.",
        _ => "How users, payments, orders and products stand after a change, keyed by the entity's id.",
    };

    private static JsonObject Refer(string place, string name) => new() { ["$ref"] = $"#/{place}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}" };
}
