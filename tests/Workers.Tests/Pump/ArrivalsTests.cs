using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Outbox;
using Workers.Engine.Pump;
using Workers.Engine.Store;
using Workers.Tests.Dispatch;
using Workers.Tests.Outbox;
using Workers.Tests.Time;

namespace Workers.Tests.Pump;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ArrivalsTests : IDisposable
{
    private const int Partitions = 4;

    private readonly Signal _wake = new();
    private readonly OutboxRelay _relay;
    private readonly PartitionCursor _cursor = new(new PartitionId(Topics.Commands, 2), 0);

    public ArrivalsTests() => _relay = new OutboxRelay(new NoOutbox(), new MemoryRelayLog(_wake), NullLogger<OutboxRelay>.Instance);

    public void Dispose()
    {
        _relay.Dispose();
        _wake.Dispose();
    }

    [Test]
    public void What_a_relay_sent_twice_is_taken_once()
    {
        var arrivals = Make();
        Arrive(Here(0), "s", 1);
        Arrive(Here(1), "s", 2);
        Arrive(Here(0), "s", 1);
        Arrive(Here(1), "s", 2);
        Arrive(Here(0), "s", 3);
        Arrive(Here(0), "other", 1);

        TakeAll(arrivals).Select(r => r.Headers.Get(HeaderName.Shard) + r.Headers.Get(HeaderName.Seq)).ShouldBe(["s1", "s2", "s3", "other1"]);
        Flushed(arrivals).Seen.ShouldBe([new SeenShard("s", 3), new SeenShard("other", 1)], ignoreOrder: true);
        Flushed(arrivals).Seen.ShouldBeEmpty("nothing is new");
    }

    [Test]
    public void A_restart_knows_what_was_stored()
    {
        var arrivals = Make();
        Arrive(Here(0), "s", 7);
        TakeAll(arrivals).Count.ShouldBe(1);

        arrivals.Load();
        Arrive(Here(0), "s", 7);

        TakeAll(arrivals).Count.ShouldBe(1, "the flush that would have said so was not written");
    }

    [Test]
    public void The_commands_group_sends_on_what_lies_where_its_key_does_not_belong()
    {
        var arrivals = Make();
        var record = Arrive(KeyIn(1), "s", 1);
        Arrive(Here(0));

        TakeAll(arrivals).Select(r => r.Key).ShouldBe([Here(0)]);
        arrivals.MustFlush.ShouldBeTrue();
        var copy = Flushed(arrivals).Outgoing.ShouldHaveSingleItem();
        (copy.Id, copy.Key, copy.Partition).ShouldBe((record.Id, record.Key, -1));
        copy.Headers.Has(HeaderName.Shard).ShouldBeFalse("the relay that sends the copy numbers it anew");
        arrivals.MustFlush.ShouldBeFalse();
    }

    [Test]
    public void Other_groups_leave_it_out()
    {
        var arrivals = Make("sagas");
        Arrive(KeyIn(1));

        TakeAll(arrivals).ShouldBeEmpty();
        Flushed(arrivals).Outgoing.ShouldBeEmpty();
    }

    [Test]
    public void What_lay_here_before_the_partitions_grew_goes_where_its_key_is_now_whoever_reads_it_again([Values] bool relays)
    {
        var history = new PartitionHistory([new Growth(3, Partitions, 0, new Dictionary<string, IReadOnlyList<long>> { [Topics.Commands] = [0, 0, 10] })]);
        var arrivals = Make("sagas", history, relays);
        var key = Enumerable.Range(0, 1_000).Select(n => $"k{n}").First(k => Murmur2.Partition(k, 3) == 2 && Murmur2.Partition(k, Partitions) != 2);
        Arrive(key).Offset = 9;
        Arrive(Here(0)).Offset = 9;
        Arrive(Here(1)).Offset = 10;

        TakeAll(arrivals).Select(r => r.Key).ShouldBe([Here(0), Here(1)]);
        Flushed(arrivals).Outgoing.ShouldHaveSingleItem().Key.ShouldBe(key);
    }

    [Test]
    public void A_record_without_a_key_is_taken_where_it_lies_since_it_belongs_nowhere()
    {
        var arrivals = Make();
        Arrive("");

        TakeAll(arrivals).Count.ShouldBe(1);
    }

    private static string Here(int nth) => KeyIn(2, nth);

    private static string KeyIn(int partition, int nth = 0) =>
        Enumerable.Range(0, 1_000).Select(n => $"k{n}").Where(k => Murmur2.Partition(k, Partitions) == partition).ElementAt(nth);

    private Arrivals Make(string group = "commands", PartitionHistory? history = null, bool relays = true) => new(
        new PumpContext(group, null!, new MemoryReader(), _wake, new PumpOptions(), new FakeTimeProvider(), NullLogger.Instance, "test", _ => { })
        {
            Relay = relays ? _relay : null,
            History = history ?? PartitionHistory.None,
            Partitions = Partitions,
        },
        _cursor);

    private LogRecord Arrive(string key, string? shard = null, long seq = 0)
    {
        var headers = new HeaderWriter().Add(HeaderName.Type, "Test");
        if (shard is not null)
        {
            headers.Add(HeaderName.Shard, shard).Add(HeaderName.Seq, seq.ToString(CultureInfo.InvariantCulture));
        }

        var record = new LogRecord { Id = Guid.NewGuid(), Topic = Topics.Commands, Key = key, TimestampMs = 0, Headers = headers.Take(), Partition = 2 };
        _cursor.Add(record);
        return record;
    }

    private static List<LogRecord> TakeAll(Arrivals arrivals)
    {
        var taken = new List<LogRecord>();
        while (arrivals.Take() is { } record)
        {
            taken.Add(record);
        }

        return taken;
    }

    private static Flush Flushed(Arrivals arrivals)
    {
        var flush = new Flush { Position = new PositionMove("commands", new PartitionId(Topics.Commands, 2), 0, 0, 0) };
        arrivals.MoveTo(flush);
        return flush;
    }

    private sealed class NoOutbox : IOutboxStore
    {
        public string Installation => "test";

        public Task<IReadOnlyList<OutboxBatch>> ReadAsync(string group, PartitionId partition, long afterSeq, int limit, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<OutboxBatch>>([]);
    }
}
