using System.Text;
using System.Text.Json.Nodes;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Cluster;

/// <summary>Other systems put commands on <c>workers.commands</c> with clients of their own, in every form they may, and rubbish between them.</summary>
[Category("Slow")]
[FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.Self)]
public sealed class ProducerTests
{
    private const int Partitions = 4;
    private const string Mark = "x-mark";
    private static readonly (string, string)[] Structured = [("content-type", "application/cloudevents+json")];
    private static readonly (string, string)[] Typed = [("type", "CreateProduct")];
    private Cluster _cluster = null!;
    private ApiClient _api = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _cluster = await Cluster.StartWithoutMongoDbAsync("commands");
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

    // A client of librdkafka sends a key elsewhere than Java's and Node's do, unless it is told to.
    [Test]
    public Task Kcat() => SendAsync(Producers.KcatAsync, sharesPartitioner: false);

    [Test]
    public Task Kafkas_console_producer() => SendAsync(Producers.ConsoleProducerAsync, sharesPartitioner: true);

    [Test]
    public Task Kafkajs() => SendAsync(Producers.KafkaJsAsync, sharesPartitioner: true);

    private async Task SendAsync(Func<string, string, IEnumerable<Produced>, Task> produce, bool sharesPartitioner)
    {
        var (good, bad) = (Good().ToList(), Bad().ToList());
        var behind = Enumerable.Range(0, 8).Select(_ => Bodies.Id("p")).Select(id => (Id: id, Record: new Produced(id, Typed, Bodies.Product(id, 1)))).ToList();

        await produce(_cluster.Kafka, _cluster.NameOf(Topics.Commands), [.. good.Select(g => g.Record), .. bad.Select(b => b.Record), .. behind.Select(b => b.Record)]);

        foreach (var (id, _) in good.Concat(behind))
        {
            (await _api.UntilAsync($"/api/v1/products/{id}", product => product.Status == 200)).Number("stock").ShouldBe(1);
        }

        // Also found by the id that its producer gave it.
        foreach (var (id, record) in good.Where(g => g.Record.Headers.Contains(("ce_id", g.Id)) || g.Record.Value!.Contains($"\"id\":\"{g.Id}\"", StringComparison.Ordinal)))
        {
            (await _api.UntilAsync($"/api/v1/commands/{id}", command => command.Status == 200)).Text("key").ShouldBe(id, record.Value);
        }

        var list = await _api.UntilAsync("/api/v1/commands/dead-letters?limit=1000", found => bad.TrueForAll(b => Letter(found, b.Record) is not null));
        foreach (var (record, reason) in bad)
        {
            var letter = Letter(list, record)!;
            letter["reason"]!.ToString().ShouldBe(reason, letter["message"]!.ToString());
            letter["topic"]!.ToString().ShouldBe(Topics.Commands);
            letter["offset"]!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(0);
            Encoding.UTF8.GetString(Convert.FromBase64String(letter["value_base64"]!.ToString()))
                .ShouldBe(record.Value is { Length: > 1 << 20 } tooLong ? tooLong[..(64 << 10)] : record.Value ?? "");
            if (sharesPartitioner)
            {
                letter["partition"]!.GetValue<int>().ShouldBe(Murmur2.Partition(record.Key!, Partitions), record.Key);
            }
        }

        await _api.UntilAsync("/api/v1/commands/partitions", places => places.Items.All(p => p["lag"]!.GetValue<long>() == 0));
    }

    private static IEnumerable<(string Id, Produced Record)> Good()
    {
        foreach (var keyed in new[] { true, false })
        {
            yield return One(keyed, id => [("ce_specversion", "1.0"), ("ce_id", id), ("ce_source", "/shop"), ("ce_type", "com.shop.CreateProduct")], Product);
            yield return One(keyed, _ => Structured, id => $$"""{"specversion":"1.0","id":"{{id}}","source":"/shop","type":"CreateProduct","data":{{Product(id)}}}""");
            yield return One(keyed, _ => Typed, Product);
            yield return One(keyed, _ => [], id => $$"""{"type":"CreateProduct","data":{{Product(id)}}}""");
        }
    }

    private static IEnumerable<(Produced Record, string Reason)> Bad()
    {
        yield return (Bad(Typed, "{\"name\":"), "unreadable");
        yield return (Bad([("type", "MakeCoffee")], "{}"), "unknown_type");
        yield return (Bad(Typed, null), "empty");
        yield return (Bad(Typed, $$"""{"name":"{{new string('x', 1_500_000)}}"}"""), "too_large");
        yield return (Bad(Structured, "{\"specversion\":"), "unreadable");
    }

    private static (string Id, Produced Record) One(bool keyed, Func<string, (string, string)[]> headers, Func<string, string> value)
    {
        var id = Bodies.Id("p");
        return (id, new Produced(keyed ? id : null, headers(id), value(id)));
    }

    private static Produced Bad((string, string)[] headers, string? value)
    {
        var key = Bodies.Id("bad");
        return new Produced(key, [.. headers, (Mark, key)], value);
    }

    private static string Product(string id) => Bodies.Product(id, 1);

    private static JsonObject? Letter(Answer list, Produced record) => list.Items.SingleOrDefault(letter => letter["headers"]![Mark]?.ToString() == record.Key);
}
