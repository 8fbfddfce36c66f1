using System.Text;
using Confluent.Kafka;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;
using Workers.Kafka;

namespace Workers.EndToEnd.Cluster;

/// <summary>The public feeds on Kafka, written by a process of their own.</summary>
[Category("Slow")]
[FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.Self)]
public sealed class ClusterFeedTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private Cluster _cluster = null!;
    private ApiClient _api = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        NativeClient.Load();
        _cluster = await Cluster.StartWithoutMongoDbAsync("commands", "feeds");
        _api = (await _cluster.Door.Present).Api;
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [Test]
    public async Task Any_consumer_reads_cloud_events_in_the_order_of_each_key_and_none_is_missing_when_the_writer_is_killed()
    {
        var ids = Enumerable.Range(0, 5).Select(_ => Bodies.Id("fed")).ToList();
        foreach (var id in ids)
        {
            (await _api.PostAsync("/api/v1/products", Bodies.Product(id, 5))).Status.ShouldBe(201);
        }

        await _cluster["feeds"].KillAsync();
        for (var price = 1; price <= 4; price++)
        {
            foreach (var id in ids)
            {
                (await _api.PutAsync($"/api/v1/products/{id}", $$"""{"price":{{price}}}""")).Status.ShouldBe(200);
            }
        }

        await _cluster["feeds"].StartAsync();
        var found = Consume("repository-events", messages => ids.All(id => messages.Count(m => m.Key == id) >= 5));

        foreach (var id in ids)
        {
            var events = found.Where(m => m.Key == id).DistinctBy(m => m.Headers["ce_id"]).ToList();
            events.ConvertAll(e => e.Headers["ce_type"]).ShouldBe(["product_created", .. Enumerable.Repeat("product_updated", 4)]);
            events.ConvertAll(e => e.Value["version"]!.GetValue<int>()).ShouldBe([1, 2, 3, 4, 5]);
            events[^1].Headers["ce_specversion"].ShouldBe("1.0");
            events[^1].Headers["ce_subject"].ShouldBe(id);
            events[^1].Headers["content-type"].ShouldBe("application/json");
            events[^1].Value["previous"]!["version"]!.GetValue<int>().ShouldBe(4);
        }
    }

    [Test]
    public async Task The_feed_is_read_by_http_and_heard_of_by_web_socket_too()
    {
        var id = Bodies.Id("fed");
        using var client = await LiveClient.ConnectAsync(_api.Address);
        var seq = LiveClient.Seq((await client.SubscribeAsync("\"product_*\""))[^1]);

        await _api.PostAsync("/api/v1/products", Bodies.Product(id, 5));

        await client.UntilAsync(f => f["data"]!["product_id"]!.ToString() == id);
        await _api.UntilAsync("/api/v1/feeds/repository-events?limit=1000", page => page.Items.Any(e => e["subject"]!.ToString() == id));
        using var again = await LiveClient.ConnectAsync(_api.Address);
        (await again.SubscribeAsync("\"product_*\"", seq)).ShouldContain(f => LiveClient.Event(f) == "product_created" && f["data"]!["product_id"]!.ToString() == id);
    }

    private List<Message> Consume(string topic, Func<List<Message>, bool> enough)
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = Environment.GetEnvironmentVariable("WORKERS_TEST_KAFKA"),
            GroupId = Guid.NewGuid().ToString(),
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
        }).Build();
        consumer.Subscribe(_cluster.Prefix + topic);
        var messages = new List<Message>();
        var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!enough(messages))
        {
            Environment.TickCount64.ShouldBeLessThan(until, $"{messages.Count} messages of {topic}");
            if (consumer.Consume(TimeSpan.FromSeconds(1)) is { } found)
            {
                messages.Add(new Message(
                    found.Message.Key, found.Message.Headers.ToDictionary(h => h.Key, h => Encoding.UTF8.GetString(h.GetValueBytes())),
                    System.Text.Json.Nodes.JsonNode.Parse(found.Message.Value)!.AsObject()));
            }
        }

        consumer.Close();
        return messages;
    }

    private sealed record Message(string Key, Dictionary<string, string> Headers, System.Text.Json.Nodes.JsonObject Value);
}
