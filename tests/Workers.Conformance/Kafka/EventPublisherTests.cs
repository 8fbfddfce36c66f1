using System.Text;
using Confluent.Kafka;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Kafka;

namespace Workers.Conformance.Kafka;

/// <summary>Document 003's publisher.</summary>
[TestFixture]
internal sealed class EventPublisherTests
{
    private const string Nowhere = "127.0.0.1:1";

    [Test]
    public async Task Events_are_published_one_by_one_and_in_batches_as_cloud_events()
    {
        using var stores = new KafkaStores();
        var topic = stores.NameOf(Topics.OrderEvents);
        using (var publisher = new EventPublisher(stores.Options.BootstrapServers, topic))
        {
            await publisher.PublishAsync("o1", new OrderPacked("o1", 1));
            await publisher.PublishAsync([new KeyValuePair<string, OrderPacked>("o1", new("o1", 2)), new("o1", new("o1", 3))]);
        }

        var found = Read(stores, topic, 3);
        found.ConvertAll(m => Encoding.UTF8.GetString(m.Message.Value)).ShouldBe(Enumerable.Range(1, 3).Select(n => $$"""{"order_id":"o1","box_count":{{n}}}"""));
        found.ShouldAllBe(m => m.Partition.Value == Murmur2.Partition("o1", 3));
        var headers = found[0].Message.Headers.ToDictionary(h => h.Key, h => Encoding.UTF8.GetString(h.GetValueBytes()));
        (headers["ce_type"], headers["ce_subject"], headers["ce_specversion"], headers["content-type"]).ShouldBe(("OrderPacked", "o1", "1.0", "application/json"));
    }

    [Test]
    public void What_went_wrong_is_told_by_its_kind()
    {
        using var _ = new KafkaStores();
        Should.Throw<PublisherException>(() => new EventPublisher("", "t")).Error.ShouldBe(PublisherError.ProducerCreation);
        using var publisher = new EventPublisher(Nowhere, "order-events");

        Should.Throw<PublisherException>(() => publisher.PublishAsync("o1", new Endless())).Error.ShouldBe(PublisherError.Serialization);
        Should.Throw<PublisherException>(() => publisher.PublishAsync("o1", new OrderPacked("o1", 1))).Error.ShouldBe(PublisherError.PublishFailed);
    }

    private static List<ConsumeResult<byte[], byte[]>> Read(KafkaStores stores, string topic, int count)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig(stores.Client()) { GroupId = topic, AutoOffsetReset = AutoOffsetReset.Earliest, EnableAutoCommit = false }).Build();
        consumer.Subscribe(topic);
        var found = new List<ConsumeResult<byte[], byte[]>>();
        while (found.Count < count)
        {
            found.Add(consumer.Consume(TimeSpan.FromSeconds(60)) ?? throw new TimeoutException($"{found.Count} of {count} messages in a minute"));
        }

        consumer.Close();
        return found;
    }

    private sealed record OrderPacked(string OrderId, int BoxCount);

    private sealed class Endless
    {
        public Endless Self => this;
    }
}
