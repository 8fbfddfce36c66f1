using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;

namespace Workers.Conformance.Kafka;

/// <summary>What other systems put on workers.commands, in every form they may, as the commands group gets it.</summary>
[TestFixture]
internal sealed class KafkaForeignTests
{
    private const string Product = """{"product_id":"p-1","name":"Laptop","price":9.5}""";
    private KafkaStores _stores = null!;

    private static IEnumerable<TestCaseData> Readable()
    {
        yield return new TestCaseData("p-1", Headers(("ce_specversion", "1.0"), ("ce_id", "c-1"), ("ce_source", "/shop"), ("ce_type", "com.shop.CreateProduct")), Product)
            .SetArgDisplayNames("CloudEvents, binary");
        yield return new TestCaseData(null, Headers(("ce_specversion", "1.0"), ("ce_id", "c-1"), ("ce_source", "/shop"), ("ce_type", "CreateProduct")), Product)
            .SetArgDisplayNames("CloudEvents, binary, without a key");
        yield return new TestCaseData(
                "p-1", Headers(("content-type", "application/cloudevents+json; charset=UTF-8")),
                $$"""{"specversion":"1.0","id":"c-1","source":"/shop","type":"com.shop.CreateProduct","data":{{Product}}}""")
            .SetArgDisplayNames("CloudEvents, structured");
        yield return new TestCaseData(
                "p-1", Headers(("Content-Type", "application/cloudevents+json")),
                $$"""{"specversion":"1.0","id":"c-1","source":"/shop","type":"CreateProduct","data_base64":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(Product))}}"}""")
            .SetArgDisplayNames("CloudEvents, structured, base64");
        yield return new TestCaseData("p-1", Headers(("type", "CreateProduct")), Product).SetArgDisplayNames("JSON with a header");
        yield return new TestCaseData(null, Headers(), $$"""{"type":"CreateProduct","data":{{Product}}}""").SetArgDisplayNames("JSON with an envelope");
        yield return new TestCaseData("p-1", Headers(), """{"type":"CreateProduct","name":"Laptop","price":9.5}""").SetArgDisplayNames("JSON with a type, its id as key");
        yield return new TestCaseData("p-1", Headers(("type", "inventory")), """{"action":"create","name":"Laptop","price":9.5}""")
            .SetArgDisplayNames("JSON with a kind and an action");
    }

    private static IEnumerable<TestCaseData> Unreadable()
    {
        var typed = Headers(("ce_type", "CreateProduct"));
        yield return new TestCaseData("p-1", typed, Bytes("{\"name\":"), "unreadable").SetArgDisplayNames("half a JSON");
        yield return new TestCaseData("p-1", typed, Bytes("[1,2]"), "unreadable").SetArgDisplayNames("an array");
        yield return new TestCaseData("p-1", typed, new byte[] { 0xff, 0xfe, 0 }, "unreadable").SetArgDisplayNames("no UTF-8");
        yield return new TestCaseData("p-1", typed, null, "empty").SetArgDisplayNames("a tombstone");
        yield return new TestCaseData("p-1", typed, Array.Empty<byte>(), "empty").SetArgDisplayNames("nothing");
        yield return new TestCaseData("p-1", typed, Bytes($$"""{"name":"{{new string('x', 1 << 20)}}"}"""), "too_large").SetArgDisplayNames("more than 1 MiB");
        yield return new TestCaseData("p-1", Headers(("ce_type", "MakeCoffee")), Bytes("{}"), "unknown_type").SetArgDisplayNames("an unknown type");
        yield return new TestCaseData("p-1", Headers(("ce_type", "RecordCharge")), Bytes("{}"), "unknown_type").SetArgDisplayNames("an internal type");
        yield return new TestCaseData("p-1", Headers(), Bytes("""{"cups":2}"""), "unknown_type").SetArgDisplayNames("no type");
        yield return new TestCaseData(null, Headers(("ce_type", "ShipOrder")), Bytes("""{"tracking_number":"t"}"""), "unreadable").SetArgDisplayNames("no key");
        yield return new TestCaseData("a/b", typed, Bytes(Product), "unreadable").SetArgDisplayNames("a key that is no id");
        yield return new TestCaseData("p-1", Headers(("content-type", "application/cloudevents+json")), Bytes("{\"id\":"), "unreadable").SetArgDisplayNames("half an event");
        yield return new TestCaseData("p-1", Headers(("content-type", "application/cloudevents+json")), Bytes(Product), "unreadable").SetArgDisplayNames("an event without a type");
    }

    [SetUp]
    public void Open() => _stores = new KafkaStores();

    [TearDown]
    public void Close() => _stores?.Dispose();

    [TestCaseSource(nameof(Readable))]
    public async Task A_command_is_read_in_every_form(string? key, Headers headers, string value)
    {
        var where = await ProduceAsync(key, headers, Bytes(value));

        var record = (await ReadAsync(where))!;

        record.Id.ShouldBe(Ids.Foreign(Topics.Commands, where.Number, where.Offset, where.Time));
        (record.Key, record.Partition, record.Offset).ShouldBe(("p-1", where.Number, where.Offset));
        record.Headers.Get(HeaderName.Type).ShouldBe("CreateProduct");
        record.Headers.Get(HeaderName.Door).ShouldBe("kafka");
        record.Headers.Has(HeaderName.Unreadable).ShouldBeFalse();
        JsonNode.DeepEquals(JsonNode.Parse(record.Value.Span), JsonNode.Parse(Product)).ShouldBeTrue(Sample.Text(record.Value));
        if (headers.Any(h => h.Key.StartsWith("ce_", StringComparison.Ordinal) || h.Key.Equals("content-type", StringComparison.OrdinalIgnoreCase)))
        {
            record.Headers.Get(HeaderName.Source).ShouldBe("/shop");
            record.Headers.Get(HeaderName.CommandId).ShouldBe("c-1");
            record.Headers.Get(HeaderName.CallerKey).ShouldBe(Ids.OfCaller("/shop", "CreateProduct", "c-1").ToString());
            record.Headers.Get(HeaderName.Fingerprint).ShouldBe(Convert.ToHexStringLower(_stores.Secret.Of(record.Value.Span)));
        }
        else
        {
            record.Headers.Get(HeaderName.Source).ShouldBe("anonymous");
            record.Headers.Has(HeaderName.CallerKey).ShouldBeFalse();
        }
    }

    [TestCaseSource(nameof(Unreadable))]
    public async Task What_cannot_be_read_comes_with_its_bytes_and_a_reason_and_the_next_record_behind_it(string? key, Headers headers, byte[]? value, string reason)
    {
        headers.Add("x-vendor", Bytes("älg"));
        var where = await ProduceAsync(key, headers, value, partition: 2);
        var good = await ProduceAsync("p-1", Headers(("type", "CreateProduct")), Bytes(Product), partition: 2);
        using var wake = new Signal();
        using var reader = _stores.Log.OpenReader([Topics.Commands], wake);
        var cursor = new PartitionCursor(new PartitionId(Topics.Commands, 2), 0);
        while (cursor.Pending.Count < 2)
        {
            if (!reader.Fill([cursor]))
            {
                wake.Wait(TimeSpan.FromSeconds(30));
            }
        }

        var record = cursor.Take();
        cursor.Take().Offset.ShouldBe(good.Offset);
        var why = Contracts.Headers.Unreadable.Of(record.Headers).ShouldNotBeNull();
        why.Reason.ShouldBe(reason, why.Sentence);
        (record.Topic, record.Partition, record.Offset).ShouldBe((Topics.Commands, 2, where.Offset));
        record.Headers.All().ShouldContain(h => h.Key == "x-vendor" && h.Value == "älg");
        record.Value.ToArray().ShouldBe((value ?? []).Take(reason == "too_large" ? 64 << 10 : int.MaxValue));

        // It stays where it lies: no one sends it on to where its key would belong.
        record.Key.ShouldBe("");
    }

    [Test]
    public async Task Data_that_break_a_rule_are_refused_under_the_key_and_name_of_their_command()
    {
        var where = await ProduceAsync("p-1", Headers(("type", "CreateProduct")), Bytes("""{"name":"Laptop","price":-1}"""));

        var record = (await ReadAsync(where))!;

        record.Key.ShouldBe("p-1");
        record.Headers.Get(HeaderName.Type).ShouldBe("CreateProduct");
        Contracts.Headers.Unreadable.Of(record.Headers)!.Value.Reason.ShouldBe(Contracts.Headers.Unreadable.Refused);
    }

    [TestCase("p-1", """{"name":"Laptop","price":-1,"metadata":{"card_number":"4111"}}""")]
    [TestCase(null, """{"name":"Laptop","card_number":"4111""")]
    public async Task Of_an_event_that_is_refused_data_in_base64_are_kept_decoded(string? key, string data)
    {
        var structured = Headers(("content-type", "application/cloudevents+json"));
        var value = $$"""{"specversion":"1.0","id":"c-1","source":"/shop","type":"com.shop.CreateProduct","data_base64":"{{Convert.ToBase64String(Bytes(data))}}"}""";

        var record = (await ReadAsync(await ProduceAsync(key, structured, Bytes(value))))!;

        Sample.Text(record.Value).ShouldBe(data);
        (record.Headers.Get(HeaderName.Type), record.Headers.Get(HeaderName.Source), record.Headers.Get(HeaderName.CommandId)).ShouldBe(("CreateProduct", "/shop", "c-1"));
        record.Headers.All().ShouldNotContain(header => header.Key == "content-type");
    }

    [Test]
    public async Task A_key_that_is_another_than_that_of_the_data_is_refused()
    {
        var record = (await ReadAsync(await ProduceAsync("p-2", Headers(("type", "CreateProduct")), Bytes(Product))))!;

        Contracts.Headers.Unreadable.Of(record.Headers)!.Value.Sentence.ShouldContain("product_id must be the key of the record");
    }

    [Test]
    public async Task Ids_that_are_made_are_the_same_for_every_reader()
    {
        var where = await ProduceAsync(null, Headers(("type", "CreateProduct")), Bytes("""{"name":"Laptop","price":1}"""));

        var first = (await ReadAsync(where))!;
        _stores.Reopen();
        var second = (await ReadAsync(where))!;

        first.Key.ShouldNotBeEmpty();
        (second.Id, second.Key).ShouldBe((first.Id, first.Key));
    }

    [Test]
    public async Task Headers_of_ours_mean_nothing_on_a_record_of_another_system()
    {
        var headers = Headers(
            ("type", "CreateProduct"), ("workers-id", "none"), ("workers-door", "internal"), ("workers-seq", "7"), ("workers-shard", "s"), ("workers-flow", "f/1"), ("x-other", "1"));
        var record = (await ReadAsync(await ProduceAsync("p-1", headers, Bytes(Product))))!;

        record.Headers.Get(HeaderName.Door).ShouldBe("kafka");
        record.Headers.Has(HeaderName.Seq).ShouldBeFalse();
        record.Headers.Has(HeaderName.Flow).ShouldBeFalse();
        record.Headers.All().ShouldContain(h => h.Key == "x-other");
    }

    [Test]
    public async Task What_could_not_be_read_is_read_anew_when_it_is_appended_again()
    {
        var where = await ProduceAsync("p-1", Headers(("ce_type", "CreateProduct"), ("ce_id", "c-1"), ("ce_source", "/shop")), Bytes("{\"name\":"));
        var broken = (await ReadAsync(where))!;
        var mended = new LogRecord
        {
            Id = broken.Id,
            Topic = broken.Topic,
            Key = broken.Key,
            TimestampMs = broken.TimestampMs,
            Headers = broken.Headers.With(HeaderName.Replay, "commands"),
            Value = Bytes(Product),
        };
        await _stores.Log.AppendAsync(mended, CancellationToken.None);

        var record = (await _stores.Log.ReadAsync(mended.Where, mended.Offset, CancellationToken.None))!;

        (record.Id, record.Key).ShouldBe((broken.Id, "p-1"));
        record.Headers.Has(HeaderName.Unreadable).ShouldBeFalse();
        record.Headers.Get(HeaderName.Replay).ShouldBe("commands");
        record.Headers.Get(HeaderName.CommandId).ShouldBe("c-1");
        record.Headers.Get(HeaderName.Source).ShouldBe("/shop");
    }

    [TestCase("payment-1", "payment-1")]
    [TestCase("refund-1", "refund-1")]
    [TestCase(null, "refund-1")]
    public async Task A_refunds_approval_lies_under_the_payment_or_under_the_refund_that_it_is_looked_up_by(string? key, string expected)
    {
        var record = (await ReadAsync(await ProduceAsync(key, Headers(("type", "ApproveRefund")), Bytes("""{"refund_id":"refund-1"}"""))))!;

        record.Headers.Get(HeaderName.Type).ShouldBe("ApproveRefund");
        record.Key.ShouldBe(expected);
        (JsonNode.Parse(record.Value.Span)!["payment_id"]?.ToString() ?? "").ShouldBe(expected == "refund-1" ? "" : expected);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static Headers Headers(params (string Name, string Value)[] all)
    {
        var headers = new Headers();
        foreach (var (name, value) in all)
        {
            headers.Add(name, Bytes(value));
        }

        return headers;
    }

    private async Task<(int Number, long Offset, long Time)> ProduceAsync(string? key, Headers headers, byte[]? value, int? partition = null)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig(_stores.Client()) { MessageMaxBytes = 16 << 20 }).Build();
        var result = await producer.ProduceAsync(
            new TopicPartition(_stores.NameOf(Topics.Commands), partition ?? Partition.Any),
            new Message<byte[]?, byte[]?> { Key = key is null ? null : Bytes(key), Value = value, Headers = headers });
        return (result.Partition.Value, result.Offset.Value, result.Timestamp.UnixTimestampMs);
    }

    private ValueTask<LogRecord?> ReadAsync((int Number, long Offset, long Time) where) =>
        _stores.Log.ReadAsync(new PartitionId(Topics.Commands, where.Number), where.Offset, CancellationToken.None);
}
