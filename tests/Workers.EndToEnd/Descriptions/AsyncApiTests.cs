using System.Text.Json.Nodes;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.EndToEnd.Running;
using YamlDotNet.Serialization;

namespace Workers.EndToEnd.Descriptions;

/// <summary><c>/asyncapi.yaml</c> against AsyncAPI's own schema, and what feeds and the WebSocket send against it.</summary>
public sealed class AsyncApiTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);
    private static readonly DescribedProgram s_program = SharedDescription.Program;
    private static JsonObject s_document = null!;
    private static JsonSchema s_schema = null!;

    [OneTimeSetUp]
    public static async Task Start()
    {
        s_document = Parse((await s_program.Api.GetAsync("/asyncapi.yaml")).Content);
        s_document["components"]!["schemas"]!["HandlerResult"] = false;
        s_schema = new JsonSchema(s_document);
    }

    [Test]
    public async Task It_is_AsyncAPI_3_0()
    {
        var document = Parse((await s_program.Api.GetAsync("/asyncapi.yaml")).Content);
        var official = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Descriptions", "asyncapi-3.0.0.json")))!;

        new JsonSchema(official).Errors(official, document).ShouldBeEmpty();
        document["channels"]!["socket"]!["address"] = 1;
        new JsonSchema(official).Errors(official, document).ShouldNotBeEmpty();
    }

    [Test]
    public void It_has_the_topics_the_feeds_and_the_WebSocket()
    {
        var addresses = s_document["channels"]!.AsObject().Select(channel => channel.Value!["address"]!.ToString());

        addresses.ShouldBe([Topics.Commands, .. Topics.Feeds, "/ws"], ignoreOrder: true);
        MessagesOf(Topics.Commands).ShouldContain("CreateOrder");
        MessagesOf(Topics.CommandEvents).ShouldContain($"{Topics.CommandEvents}.command.executed");
        MessagesOf(Topics.RepositoryEvents).ShouldContain($"{Topics.RepositoryEvents}.order_updated");
        MessagesOf(Topics.OrderEvents).ShouldContain($"{Topics.OrderEvents}.OrderShipped");
        MessagesOf(Topics.CqrsEvents).ShouldContain($"{Topics.CqrsEvents}.UserCreated");
    }

    [Test]
    public void Every_reference_leads_somewhere()
    {
        var references = new List<string>();
        Gather(s_document);

        references.Distinct().Where(reference => s_schema.Resolve(reference) is null).ShouldBeEmpty();

        void Gather(JsonNode? node)
        {
            switch (node)
            {
                case JsonObject members:
                    references.AddRange(members.Where(member => member.Key == "$ref" && member.Value is JsonValue).Select(member => member.Value!.ToString()));
                    members.ToList().ForEach(member => Gather(member.Value));
                    break;
                case JsonArray items:
                    items.ToList().ForEach(Gather);
                    break;
            }
        }
    }

    [Test]
    public async Task What_feeds_tell_is_as_it_says()
    {
        var execute = s_program.Document["post_commands_execute"];
        foreach (var example in execute.Examples.Keys)
        {
            await s_program.CallAsync(execute, example);
        }

        await s_program.Api.ExecuteAsync("""{"type":"AdjustInventory","product_id":"nobody","action":"add","quantity":1}""");
        var (types, places) = (new HashSet<string>(), Topics.Feeds.ToDictionary(topic => topic, _ => ""));

        // Figures of the minute before are told at the start: nobody waits for the next one.
        using var deadline = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(Look);
        while (types.Count <= 30 || !types.Contains($"{Topics.CommandEvents}.metrics.snapshot"))
        {
            (await timer.WaitForNextTickAsync() && !deadline.IsCancellationRequested).ShouldBeTrue(string.Join(", ", types));
            foreach (var topic in Topics.Feeds)
            {
                var page = await s_program.Api.GetAsync($"/api/v1/feeds/{topic}?limit=1000{places[topic]}");
                foreach (var told in page.Items)
                {
                    var name = $"{topic}.{told["type"]}";
                    types.Add(name);
                    s_schema.Errors(Message(name)["payload"]!, told["data"]).ShouldBeEmpty(name);
                }

                places[topic] = $"&after={Uri.EscapeDataString(page.Text("next")!)}";
            }
        }
    }

    [Test]
    public async Task What_the_WebSocket_sends_is_as_it_says()
    {
        using var client = await LiveClient.ConnectAsync(s_program.Api.Address);
        await client.SendAsync("""{"subscribe":["order_*"],"unknown":1}""");
        var refused = await client.UntilAsync(frame => LiveClient.Event(frame) == "error");
        var subscribed = await client.SubscribeAsync("\"product_*\"");
        await s_program.CallAsync(s_program.Document["post_products"]);
        var told = await client.UntilAsync(frame => LiveClient.Event(frame) == "product_created");

        // Before them may come what other tests do.
        foreach (var frame in (IEnumerable<JsonObject>)[.. refused, .. subscribed, .. told])
        {
            Errors(LiveClient.Event(frame) switch { "error" => "ErrorFrame", "subscribed" => "SubscribedFrame", _ => "EventFrame" }, frame).ShouldBeEmpty();
        }

        s_schema.Errors(Message($"{Topics.RepositoryEvents}.product_created")["payload"]!, told[^1]["data"]).ShouldBeEmpty();
        Errors("SubscribeFrame", JsonNode.Parse("""{"subscribe":["order_*"],"unknown":1}""")!).ShouldNotBeEmpty();
    }

    private static IReadOnlyList<string> Errors(string frame, JsonNode value) => s_schema.Errors(Message(frame)["payload"]!, value);

    private static JsonNode Message(string name) => s_document["components"]!["messages"]![name].ShouldNotBeNull($"{name} is not described");

    private static IEnumerable<string> MessagesOf(string channel) => s_document["channels"]![channel]!["messages"]!.AsObject().Select(message => message.Key);

    private static JsonObject Parse(string yaml)
    {
        var read = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(new StringReader(yaml));
        return JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(read))!.AsObject();
    }
}
