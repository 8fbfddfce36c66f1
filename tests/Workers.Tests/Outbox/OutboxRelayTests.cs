using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Outbox;
using Workers.Engine.Store;

namespace Workers.Tests.Outbox;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class OutboxRelayTests : IDisposable
{
    private static readonly PartitionId Partition = new(Topics.Commands, 0);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly MemoryRelayLog _log;
    private readonly MemoryOutbox _store = new();
    private readonly Signal _wake = new();
    private readonly OutboxRelay _relay;

    public OutboxRelayTests()
    {
        _log = new MemoryRelayLog(_wake);
        _relay = new OutboxRelay(_store, _log, NullLogger<OutboxRelay>.Instance);
    }

    public void Dispose()
    {
        _relay.Dispose();
        _wake.Dispose();
    }

    [Test]
    public void What_is_left_in_the_store_is_sent_before_what_is_committed_now()
    {
        var left = Enumerable.Range(1, 40).Select(n => _store.Add(n)).ToList();
        var shard = Open();
        var committed = _store.Add(41);
        shard.Send(committed);

        Until(() => shard.Sent == 41);

        _log.Sent.Select(s => s.Id).ShouldBe([.. left.Select(b => b.Records[0].Id), committed.Records[0].Id]);
        shard.Waiting.ShouldBe(0);
    }

    [Test]
    public void Sent_is_the_seq_below_which_all_are_acknowledged()
    {
        _log.Acknowledges = false;
        var shard = Open();
        for (var n = 1; n <= 3; n++)
        {
            shard.Send(_store.Add(n));
        }

        Until(() => _log.Sent.Count == 3);
        _log.Acknowledge(2);

        shard.Sent.ShouldBe(0);
        shard.Waiting.ShouldBe(3);
        _log.Acknowledge(1);
        shard.Sent.ShouldBe(3);
        shard.Waiting.ShouldBe(0);
    }

    [Test]
    public void After_a_failure_another_sender_sends_what_is_not_acknowledged_in_order()
    {
        var shard = Open();
        shard.Send(_store.Add(1));
        Until(() => shard.Sent == 1);
        _log.Acknowledges = false;
        var open = new[] { _store.Add(2), _store.Add(3) };
        shard.Send(open[0]);
        shard.Send(open[1]);
        Until(() => _log.Sent.Count == 3);

        _log.Acknowledges = true;
        _log.Fail();

        Until(() => shard.Sent == 3);
        _log.Sent.Where(s => s.Sender == 2).Select(s => s.Id).ShouldBe(open.Select(b => b.Records[0].Id));
    }

    [Test]
    public void A_batch_whose_commit_was_not_known_is_found_in_the_store()
    {
        var shard = Open();
        shard.Send(_store.Add(1));
        var unknown = _store.Add(2);
        shard.Look();
        shard.Send(_store.Add(3));

        Until(() => shard.Sent == 3);

        _log.Sent.Count(s => s.Id == unknown.Records[0].Id).ShouldBe(1);
        _log.Sent.Count.ShouldBe(3);
    }

    [Test]
    public void A_store_that_is_away_is_asked_again()
    {
        _store.Failures = 2;
        _store.Add(1);

        var shard = Open();

        Until(() => shard.Sent == 1);
        shard.Sent.ShouldBe(1);
    }

    private ShardRelay Open()
    {
        var shard = _relay.Open("commands", Partition, _wake);
        shard.Look();
        return shard;
    }

    private void Until(Func<bool> reached)
    {
        while (!reached())
        {
            _wake.Wait(Soon);
        }
    }

    private sealed class MemoryOutbox : IOutboxStore
    {
        private readonly Lock _gate = new();
        private readonly List<OutboxBatch> _batches = [];

        public int Failures { get; set; }

        public string Installation => "test";

        public OutboxBatch Add(long seq)
        {
            var record = new LogRecord
            {
                Id = Guid.NewGuid(),
                Topic = Topics.Events,
                Key = "k",
                TimestampMs = 0,
                Headers = new HeaderWriter().Add(HeaderName.Type, "Test").Take(),
            };
            var batch = new OutboxBatch(seq, [record]);
            lock (_gate)
            {
                _batches.Add(batch);
            }

            return batch;
        }

        public Task<IReadOnlyList<OutboxBatch>> ReadAsync(string group, PartitionId partition, long afterSeq, int limit, CancellationToken cancellation)
        {
            lock (_gate)
            {
                return Failures-- > 0
                    ? throw new StoreUnavailableException("away")
                    : Task.FromResult<IReadOnlyList<OutboxBatch>>([.. _batches.Where(b => b.LastSeq > afterSeq).Take(limit)]);
            }
        }
    }
}
