using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Conformance.Store;

/// <summary>What a state store must do whose log is elsewhere: outgoing records wait in an outbox, and what was taken of each shard is known.</summary>
public abstract class OutboxConformance
{
    private static readonly CancellationToken None = CancellationToken.None;

    private Stores _stores = null!;

    private IStateStore Store => _stores.State;

    private IOutboxStore Outbox => Store.Outbox!;

    protected abstract Stores Make();

    [SetUp]
    public void Open() => _stores = Make();

    [TearDown]
    public void Close() => _stores?.Dispose();

    [Test]
    public async Task Outgoing_records_are_a_batch_of_the_shard_as_they_were_staged()
    {
        var row = await Store.TakeAsync("commands", Sample.Commands0, None);
        var (first, second) = (Sample.Record("a", "{\"n\":1}", Topics.Events), Sample.Record("b", "{\"n\":2}", Topics.Flows));

        (await Store.FlushAsync(Sending(row, 0, 2, first, second))).ShouldBe(FlushResult.Committed);
        _stores.Reopen();

        var batch = (await Outbox.ReadAsync("commands", Sample.Commands0, 0, 10, None)).ShouldHaveSingleItem();
        batch.LastSeq.ShouldBe(2);
        batch.Records.Select(r => (r.Id, r.Topic, r.Key, r.TimestampMs)).ShouldBe(
            [(first.Id, first.Topic, first.Key, first.TimestampMs), (second.Id, second.Topic, second.Key, second.TimestampMs)]);
        Sample.Text(batch.Records[1].Value).ShouldBe("{\"n\":2}");
        batch.Records[1].Headers.Bytes.ToArray().ShouldBe(second.Headers.Bytes.ToArray());
        (await Store.PositionAsync("commands", Sample.Commands0, None))!.OutSeq.ShouldBe(2);
    }

    [Test]
    public async Task Batches_are_read_in_order_after_a_seq_and_deleted_up_to_what_was_sent()
    {
        var row = await Store.TakeAsync("commands", Sample.Commands0, None);
        for (var turn = 0; turn < 4; turn++)
        {
            await Store.FlushAsync(Sending(row, turn, (turn + 1) * 2, Sample.Record("a"), Sample.Record("b")));
        }

        (await Outbox.ReadAsync("commands", Sample.Commands0, 2, 2, None)).Select(b => b.LastSeq).ShouldBe([4, 6]);

        var flush = Sample.Flush(4, row.Epoch, 9);
        flush.Position = flush.Position with { OutSeq = 8 };
        flush.OutboxSent = 6;
        (await Store.FlushAsync(flush)).ShouldBe(FlushResult.Committed);

        (await Outbox.ReadAsync("commands", Sample.Commands0, 0, 10, None)).Select(b => b.LastSeq).ShouldBe([8]);
    }

    [Test]
    public async Task Shards_are_kept_apart()
    {
        var other = new PartitionId(Topics.Commands, 1);
        var (mine, theirs) = (await Store.TakeAsync("commands", Sample.Commands0, None), await Store.TakeAsync("commands", other, None));
        await Store.FlushAsync(Sending(mine, 0, 1, Sample.Record("a")));
        var flush = Sample.Flush(0, theirs.Epoch, 1, partition: other);
        flush.OutboxSent = 100;

        await Store.FlushAsync(flush);

        (await Outbox.ReadAsync("commands", Sample.Commands0, 0, 10, None)).Count.ShouldBe(1);
        (await Outbox.ReadAsync("commands", other, 0, 10, None)).ShouldBeEmpty();
        (await Outbox.ReadAsync("sagas", Sample.Commands0, 0, 10, None)).ShouldBeEmpty();
    }

    [Test]
    public async Task A_flush_whose_position_has_moved_leaves_nothing_in_the_outbox()
    {
        var row = await Store.TakeAsync("commands", Sample.Commands0, None);
        await Store.TakeAsync("commands", Sample.Commands0, None);
        var flush = Sending(row, 0, 1, Sample.Record("a"));
        flush.Seen.Add(new SeenShard("s", 5));

        (await Store.FlushAsync(flush)).ShouldBe(FlushResult.Moved);

        (await Outbox.ReadAsync("commands", Sample.Commands0, 0, 10, None)).ShouldBeEmpty();
        using var reader = Store.OpenReader();
        reader.Seen("commands", Sample.Commands0).ShouldBeEmpty();
    }

    [Test]
    public async Task The_highest_seq_taken_of_each_shard_is_known_by_group_and_partition()
    {
        var row = await Store.TakeAsync("commands", Sample.Commands0, None);
        var first = Sample.Flush(0, row.Epoch, 1);
        first.Seen.AddRange([new SeenShard("a", 5), new SeenShard("b", 1)]);
        await Store.FlushAsync(first);
        var second = Sample.Flush(1, row.Epoch, 2);
        second.Seen.Add(new SeenShard("a", 9));
        await Store.FlushAsync(second);
        _stores.Reopen();

        using var reader = Store.OpenReader();
        reader.Seen("commands", Sample.Commands0).OrderBy(s => s.Shard, StringComparer.Ordinal).ShouldBe([new SeenShard("a", 9), new SeenShard("b", 1)]);
        reader.Seen("sagas", Sample.Commands0).ShouldBeEmpty();
        reader.Seen("commands", new PartitionId(Topics.Commands, 1)).ShouldBeEmpty();
    }

    [Test]
    public void The_installation_keeps_its_name()
    {
        var name = Outbox.Installation;
        _stores.Reopen();

        name.ShouldNotBeNullOrEmpty();
        Outbox.Installation.ShouldBe(name);
        using var other = Make();
        other.State.Outbox!.Installation.ShouldNotBe(name);
    }

    private static Flush Sending(PositionRow row, long turn, long outSeq, params LogRecord[] records)
    {
        var flush = Sample.Flush(turn, row.Epoch, turn + 1);
        flush.Position = flush.Position with { OutSeq = outSeq };
        flush.Outgoing.AddRange(records);
        return flush;
    }
}
