using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Kafka;

namespace Workers.Conformance.Kafka;

/// <summary>More partitions for topics on Kafka.</summary>
[TestFixture]
internal sealed class KafkaGrowthTests
{
    private static readonly string[] Groups = ["commands", "sagas"];

    [TestCase(ErrorCode.TopicAuthorizationFailed, ErrorCode.PolicyViolation, true)]
    [TestCase(ErrorCode.InvalidPartitions, ErrorCode.InvalidPartitions, true)]
    [TestCase(ErrorCode.TopicAuthorizationFailed, ErrorCode.NoError, false)]
    [TestCase(ErrorCode.TopicAuthorizationFailed, ErrorCode.RequestTimedOut, false)]
    [TestCase(ErrorCode.Local_TimedOut, ErrorCode.Local_TimedOut, false)]
    public void Only_a_no_of_the_brokers_to_each_topic_is_a_refusal(ErrorCode first, ErrorCode second, bool isRefusal)
    {
        NativeClient.Load();
        var results = new[] { first, second }.Select((code, n) => new CreatePartitionsReport { Topic = $"t{n}", Error = new Error(code) }).ToList();

        (KafkaGrowth.Failure(new CreatePartitionsException(results), 6) is GrowthRefusedException).ShouldBe(isRefusal);
    }

    [Test]
    public async Task A_topic_that_is_missing_is_told_and_none_is_given_more()
    {
        using var stores = new KafkaStores();
        using var growth = KafkaGrowth.Open(stores.Options, Groups, NullLogger.Instance);
        using var admin = new AdminClientBuilder(stores.Client()).Build();
        await admin.DeleteTopicsAsync([stores.NameOf(Topics.Flows)]);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (admin.GetMetadata(TimeSpan.FromSeconds(30)).Topics.Exists(topic => topic.Topic == stores.NameOf(Topics.Flows)))
        {
            await timer.WaitForNextTickAsync();
        }

        Should.Throw<StoreOpenException>(() => growth.Partitions()).Message.ShouldContain(stores.NameOf(Topics.Flows));
        Should.Throw<StoreOpenException>(() => growth.Grow(6));
        stores.Reopen();
        growth.Partitions().ShouldBe((4, 4));
    }

    [Test]
    public async Task Keyed_topics_get_more_and_keep_their_records_and_the_others_stay()
    {
        using var stores = new KafkaStores();
        var record = Sample.Record("a");
        await stores.Log.AppendAsync(record, CancellationToken.None);
        using var growth = KafkaGrowth.Open(stores.Options, Groups, NullLogger.Instance);
        growth.Partitions().ShouldBe((4, 4));

        growth.Grow(6);
        growth.Grow(6);

        growth.Partitions().ShouldBe((6, 6));
        Should.Throw<StoreOpenException>(stores.Reopen).Message.ShouldContain("start with Workers:Kafka:Partitions=6, since there are never fewer.");
        stores.Options.Partitions = 6;
        stores.Reopen();
        stores.Log.Partitions(Topics.Control).ShouldBe(1);
        (await stores.Log.ReadAsync(record.Where, record.Offset, CancellationToken.None))!.Id.ShouldBe(record.Id);
        var later = Sample.Record(Enumerable.Range(0, 100).Select(n => $"key-{n}").First(key => Murmur2.Partition(key, 6) == 5));
        await stores.Log.AppendAsync(later, CancellationToken.None);
        (await stores.Log.EndsAsync(Topics.Commands, CancellationToken.None))[5].ShouldBe(1);
    }

    [Test]
    public async Task Members_of_groups_are_seen_until_they_have_left()
    {
        using var stores = new KafkaStores();
        using var growth = KafkaGrowth.Open(stores.Options, Groups, NullLogger.Instance);
        growth.Members().ShouldBeEmpty();
        using (var wake = new Signal())
        using (var reader = stores.Log.Join(new GroupMember("sagas", [Topics.Flows], 0, 1), wake))
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            while (reader.Owned is not { Count: > 0 })
            {
                await timer.WaitForNextTickAsync();
            }

            growth.Members().ShouldHaveSingleItem().ShouldStartWith("sagas at ");
        }

        growth.Members().ShouldBeEmpty();
    }
}
