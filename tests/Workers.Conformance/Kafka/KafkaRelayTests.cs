using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Log;

namespace Workers.Conformance.Kafka;

[TestFixture]
internal sealed class KafkaRelayTests
{
    [Test]
    public async Task Batches_are_acknowledged_as_a_whole_and_lie_in_the_order_they_were_sent()
    {
        using var stores = new KafkaStores();
        using var sender = stores.Kafka.OpenSender(error => Assert.Fail(error.Message));
        var batches = Enumerable.Range(0, 50)
            .Select(b => Enumerable.Range(0, 20).Select(n => Sample.Record($"key-{n % 7}", $"{b * 20 + n}", Topics.Events)).ToList()).ToList();
        using var left = new CountdownEvent(batches.Count + 1);

        foreach (var batch in batches)
        {
            sender.Send(batch, () => left.Signal());
        }

        sender.Send([], () => left.Signal());
        left.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();

        using var wake = new Signal();
        using var reader = stores.Log.OpenReader([Topics.Events], wake);
        var cursors = Enumerable.Range(0, 4).Select(n => new PartitionCursor(new PartitionId(Topics.Events, n), 0)).ToList();
        await Eventually.Holds(
            () =>
            {
                reader.Fill(cursors);
                return cursors.Sum(c => c.Pending.Count) == 1_000;
            },
            "all are there");
        foreach (var key in cursors.SelectMany(c => c.Pending).GroupBy(r => r.Key))
        {
            key.Select(r => int.Parse(Sample.Text(r.Value))).ShouldBeInOrder();
        }
    }

    [Test]
    public async Task A_record_that_kafka_does_not_take_fails_the_sender_once_and_its_batch_is_not_acknowledged()
    {
        using var stores = new KafkaStores();
        var (failures, acknowledged) = (0, 0);
        using var sender = stores.Kafka.OpenSender(_ => Interlocked.Increment(ref failures));
        var large = Sample.Record("a", new string('x', (16 << 20) + 1));

        sender.Send([Sample.Record("a"), large], () => Interlocked.Increment(ref acknowledged));
        sender.Send([large], () => Interlocked.Increment(ref acknowledged));

        await Eventually.Holds(() => failures == 1, "it has failed");
        acknowledged.ShouldBe(0);
    }
}
