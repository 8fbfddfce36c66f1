using Confluent.Kafka;
using Confluent.Kafka.Admin;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Kafka;

namespace Workers.Conformance.Kafka;

[TestFixture]
internal sealed class KafkaReaderTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private KafkaStores _stores = null!;

    private KafkaLog Log => _stores.Kafka;

    [SetUp]
    public void Open() => _stores = new KafkaStores(options => options.MaxBufferedRecords = 100);

    [TearDown]
    public void Close() => _stores?.Dispose();

    [Test]
    public async Task Two_members_share_the_partitions_and_one_that_is_left_gets_them_back()
    {
        using var first = new Member(Log, _ => 0);
        await Eventually.Holds(() => first.Owned.Count == 4, "the first member has all");
        using (var second = new Member(Log, _ => 0))
        {
            await Eventually.Holds(() => first.Owned.Count == 2 && second.Owned.Count == 2, "each member has half");
            first.Owned.Intersect(second.Owned).ShouldBeEmpty();
        }

        await Eventually.Holds(() => first.Owned.Count == 4, "the first member has all again");
    }

    [Test]
    public async Task A_partition_is_nobody_elses_before_it_was_released()
    {
        using var mayRelease = new ManualResetEventSlim();
        using var releasing = new CountdownEvent(2);
        using var first = new Member(Log, _ => 0);
        first.Releasing = _ =>
        {
            releasing.Signal();
            mayRelease.Wait();
        };
        await Eventually.Holds(() => first.Owned.Count == 4, "the first member has all");

        using var second = new Member(Log, _ => 0);
        await Eventually.Holds(() => first.Owned.Count == 2, "two go");
        var before = second.Owned.Count;
        mayRelease.Set();
        releasing.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();

        before.ShouldBe(0);
        await Eventually.Holds(() => second.Owned.Count == 2, "the second member has two");
    }

    [Test]
    public async Task A_member_may_go_before_it_was_given_anything()
    {
        for (var n = 0; n < 5; n++)
        {
            using var wake = new Signal();
            Log.Join(new GroupMember("g", [Topics.Commands], 0, 1), wake).Dispose();
        }

        using var member = new Member(Log, _ => 0);
        await Eventually.Holds(() => member.Owned.Count == 4, "one that stays has all");
    }

    [Test]
    public async Task Records_are_read_once_each_while_members_come_and_go()
    {
        var positions = new long[4];
        long At(PartitionId partition) => Interlocked.Read(ref positions[partition.Number]);
        var all = new List<LogRecord>();
        var read = new List<LogRecord>();

        async Task Append(int count)
        {
            var records = Enumerable.Range(0, count).Select(n => Sample.Record($"key-{n}", $"{all.Count + n}")).ToList();
            foreach (var record in records)
            {
                await Log.AppendAsync(record, None);
            }

            all.AddRange(records);
        }

        void Leave(Member member)
        {
            member.Dispose();
            read.AddRange(member.Read);
            foreach (var partition in read.GroupBy(r => r.Partition))
            {
                positions[partition.Key] = partition.Max(r => r.Offset) + 1;
            }
        }

        await Append(300);
        var first = new Member(Log, At);
        await Eventually.Holds(() => first.Read.Count == 300, "all were read");
        Leave(first);
        await Append(300);
        var second = new Member(Log, At);
        await Eventually.Holds(() => read.Count + second.Read.Count >= 600, "the rest was read");
        Leave(second);

        read.Select(r => r.Id).ShouldBe(all.Select(r => r.Id), ignoreOrder: true);
        foreach (var partition in read.GroupBy(r => r.Partition))
        {
            partition.Select(r => r.Offset).ShouldBeInOrder();
        }
    }

    [Test]
    public async Task A_partition_whose_buffer_is_full_goes_on_where_it_stopped_and_holds_up_no_other()
    {
        foreach (var _ in Enumerable.Range(0, 5))
        {
            await Log.AppendAsync([.. Enumerable.Range(0, 200).Select(n => Sample.Record(Sample.KeyOf(0), $"{n}"))], None);
        }

        var other = Sample.Record(Sample.KeyOf(1));
        await Log.AppendAsync(other, None);
        using var wake = new Signal();
        using var reader = Log.OpenReader([Topics.Commands], wake);
        var (full, next) = (new PartitionCursor(Sample.Commands0, 0, 50), new PartitionCursor(new PartitionId(Topics.Commands, 1), 0));
        while (next.Pending.Count == 0 || full.HasRoom)
        {
            if (!reader.Fill([full, next]))
            {
                wake.Wait(TimeSpan.FromSeconds(30));
            }
        }

        next.Take().Id.ShouldBe(other.Id);
        var offsets = new List<long>();
        while (offsets.Count < 1_000)
        {
            while (full.Pending.Count > 0)
            {
                offsets.Add(full.Take().Offset);
            }

            if (offsets.Count < 1_000 && !reader.Fill([full]))
            {
                wake.Wait(TimeSpan.FromSeconds(30));
            }
        }

        offsets.ShouldBeInOrder(SortDirection.Ascending);
        offsets.ShouldBeUnique();
    }

    [Test]
    public async Task A_position_behind_the_end_halts_its_partition_alone_until_it_is_set()
    {
        var records = Enumerable.Range(0, 8).Select(n => Sample.Record(Sample.KeyOf(n % 4))).ToList();
        await Log.AppendAsync(records, None);
        using var member = new Member(Log, partition => partition.Number == 1 ? 1_000 : 0);

        await Eventually.Holds(() => member.Halted.Count == 1 && member.Read.Count == 6, "one is halted, the others are read");

        member.Halted.Single().Key.Number.ShouldBe(1);
        member.Halted.Single().Value.ShouldContain("1000");
        member.Read.ShouldNotContain(r => r.Partition == 1);
    }

    [Test]
    public async Task A_position_that_the_log_no_longer_has_halts_and_one_of_zero_begins_with_what_is_there()
    {
        await Log.AppendAsync([.. Enumerable.Range(0, 20).Select(_ => Sample.Record(Sample.KeyOf(0)))], None);
        await _stores.TrimEverythingOldAsync();
        var record = Sample.Record(Sample.KeyOf(0));
        await Log.AppendAsync(record, None);

        using (var late = new Member(Log, partition => partition.Number == 0 ? 5 : 0, "late"))
        {
            await Eventually.Holds(() => late.Halted.ContainsKey(Sample.Commands0), "it is halted");
            late.Halted[Sample.Commands0].ShouldContain("no longer in the log");
        }

        using var fresh = new Member(Log, _ => 0, "fresh");
        await Eventually.Holds(() => !fresh.Read.IsEmpty, "the record is read");
        fresh.Read.Single().Id.ShouldBe(record.Id);
    }

    [Test]
    public async Task A_log_that_is_cut_under_a_slow_reader_halts_it()
    {
        await Log.AppendAsync([.. Enumerable.Range(0, 500).Select(_ => Sample.Record(Sample.KeyOf(0)))], None);
        using var wake = new Signal();
        using var reader = Log.OpenReader([Topics.Commands], wake);
        var cursor = new PartitionCursor(Sample.Commands0, 0, 10);
        while (!reader.Fill([cursor]))
        {
            wake.Wait(TimeSpan.FromSeconds(30));
        }

        await _stores.TrimEverythingOldAsync();
        await Eventually.Holds(
            () =>
            {
                while (cursor.Pending.Count > 0)
                {
                    cursor.Take();
                }

                reader.Fill([cursor]);
                return cursor.Halted is not null;
            },
            "it is halted");

        cursor.Next.ShouldBeLessThan(500);
    }

    [Test]
    public async Task Positions_that_were_passed_are_told_to_kafka()
    {
        await Log.AppendAsync([.. Enumerable.Range(0, 10).Select(_ => Sample.Record(Sample.KeyOf(0)))], None);
        using (var member = new Member(Log, _ => 0))
        {
            await Eventually.Holds(() => member.Read.Count == 10, "all were read");
            member.Reader.Passed(Sample.Commands0, 7);
            using var lag = new ConsumerBuilder<byte[], byte[]>(
                new ConsumerConfig(_stores.Client()) { GroupId = $"{_stores.Options.Prefix}workers.g" }).Build();
            await Eventually.Holds(
                () => lag.Committed([new TopicPartition(_stores.NameOf(Topics.Commands), 0)], TimeSpan.FromSeconds(10))[0].Offset == 7, "the offset is told");
        }
    }

    [Test]
    public void Topics_with_another_number_of_partitions_are_refused()
    {
        var options = new KafkaOptions { BootstrapServers = _stores.Options.BootstrapServers, Prefix = _stores.Options.Prefix, Partitions = 5 };

        var error = Should.Throw<StoreOpenException>(() => KafkaLog.Open(options, new FeedOptions(), null, () => null, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance));

        error.Message.ShouldContain("has 4 partitions, but 5 are configured");
        error.Message.ShouldContain("Workers:Kafka:Partitions=4");
    }

    [Test]
    public async Task A_topic_that_others_have_changed_is_refused_by_the_count_that_the_store_has_noted()
    {
        using var admin = new AdminClientBuilder(_stores.Client()).Build();
        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = _stores.NameOf(Topics.Flows), IncreaseTo = 6 }]);
        await Eventually.Holds(
            () => admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.Find(topic => topic.Topic == _stores.NameOf(Topics.Flows))?.Partitions.Count == 6, "the brokers show them");
        var options = new KafkaOptions { BootstrapServers = _stores.Options.BootstrapServers, Prefix = _stores.Options.Prefix, Partitions = 4 };

        var error = Should.Throw<StoreOpenException>(() => KafkaLog.Open(
            options, new FeedOptions(), null, () => null, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, stored: () => 4));

        error.Message.ShouldContain($"{_stores.NameOf(Topics.Flows)} has 6 partitions, but keys were placed, and are kept in the store, by 4");
        error.Message.ShouldContain("'Workers.Host partitions --to 6'");
        KafkaDoctor.Look(options, new FeedOptions(), 4).ShouldContain(finding => finding.Check == "kafka partitions" && finding.State == FindingState.Failed);
    }

    [Test]
    public async Task Topics_keep_records_by_when_they_came()
    {
        using var admin = new AdminClientBuilder(_stores.Client()).Build();
        var topic = new ConfigResource { Type = ResourceType.Topic, Name = _stores.NameOf(Topics.Events) };

        var entries = (await admin.DescribeConfigsAsync([topic])).Single().Entries;

        entries["retention.ms"].Value.ShouldBe($"{(long)TimeSpan.FromDays(3_650).TotalMilliseconds}");
        entries["max.message.bytes"].Value.ShouldBe($"{16 << 20}");
        entries["message.timestamp.type"].Value.ShouldBe("LogAppendTime");
    }
}
