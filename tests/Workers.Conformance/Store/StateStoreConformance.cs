using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Conformance.Store;

/// <summary>What every state store must do: positions, flushes, aggregates, streams, outcomes, claims.</summary>
public abstract class StateStoreConformance
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly StateKey Ada = new("user", "0195536a-0000-7000-8000-000000000001");
    private static readonly StateKey Bob = new("user", "bob");

    private Stores _stores = null!;

    private IStateStore Store => _stores.State;

    protected abstract Stores Make();

    [SetUp]
    public void Open() => _stores = Make();

    [TearDown]
    public void Close() => _stores?.Dispose();

    [Test]
    public async Task A_new_group_starts_at_zero_and_is_clean()
    {
        (await Store.PositionAsync("commands", Sample.Commands0, None)).ShouldBeNull();

        var row = await Store.TakeAsync("commands", Sample.Commands0, None);

        row.ShouldBe(new PositionRow(0, 0, row.Epoch, true, 0, -1, 0));
        (await Store.PositionAsync("commands", Sample.Commands0, None))!.Clean.ShouldBeFalse();
    }

    [Test]
    public async Task Taking_tells_whether_the_owner_before_released_in_order()
    {
        var first = await Store.TakeAsync("commands", Sample.Commands0, None);
        var second = await Store.TakeAsync("commands", Sample.Commands0, None);
        await Store.ReleaseAsync("commands", Sample.Commands0, first.Epoch, None);
        var third = await Store.TakeAsync("commands", Sample.Commands0, None);
        await Store.ReleaseAsync("commands", Sample.Commands0, third.Epoch, None);
        _stores.Reopen();
        var fourth = await Store.TakeAsync("commands", Sample.Commands0, None);

        second.Clean.ShouldBeFalse();
        third.Clean.ShouldBeFalse("only the owner's release counts");
        fourth.Clean.ShouldBeTrue();
        fourth.Epoch.ShouldBe(first.Epoch + 3);
    }

    [Test]
    public void A_mark_is_found_by_whoever_opens_the_store_next()
    {
        Store.MarkOf("commands", Sample.Commands0).Value.ShouldBe(IExecutionMark.None);
        Store.MarkOf("commands", Sample.Commands0).Value = 41;
        Store.MarkOf("sagas", Sample.Commands0).Value = IExecutionMark.Batch;
        _stores.Reopen();

        Store.MarkOf("commands", Sample.Commands0).Value.ShouldBe(41);
        Store.MarkOf("sagas", Sample.Commands0).Value.ShouldBe(IExecutionMark.Batch);
        Store.MarkOf("audit", Sample.Commands0).Value.ShouldBe(IExecutionMark.None);
        Store.MarkOf("commands", Sample.Commands0).Value = IExecutionMark.None;
        Store.MarkOf("commands", Sample.Commands0).Value.ShouldBe(IExecutionMark.None);
    }

    [Test]
    public async Task A_flush_moves_the_position_and_its_probe()
    {
        var row = await Store.TakeAsync("commands", Sample.Commands0, None);
        var flush = new Flush { Position = new PositionMove("commands", Sample.Commands0, 41, row.Turn, row.Epoch, 5, 40, 2) };

        (await Store.FlushAsync(flush)).ShouldBe(FlushResult.Committed);

        _stores.Reopen();
        (await Store.PositionAsync("commands", Sample.Commands0, None)).ShouldBe(new PositionRow(41, row.Turn + 1, row.Epoch, false, 5, 40, 2));
        (await Store.PositionsAsync(None)).Single().Partition.ShouldBe(Sample.Commands0);
    }

    [Test]
    public async Task A_position_that_was_set_is_where_reading_goes_on_and_its_owner_writes_nothing_of_what_it_was_at()
    {
        var row = await Store.TakeAsync("commands", Sample.Commands0, None);
        await Store.FlushAsync(new Flush { Position = new PositionMove("commands", Sample.Commands0, 41, row.Turn, row.Epoch, 5, 41, PositionRow.Halts) });
        (await Store.PositionAsync("commands", Sample.Commands0, None))!.IsHalted.ShouldBeTrue();

        (await Store.SetPositionAsync("commands", Sample.Commands0, 7, None)).ShouldBeTrue();

        (await Store.PositionAsync("commands", Sample.Commands0, None)).ShouldBe(new PositionRow(7, row.Turn + 1 + PositionRow.TurnsApart, row.Epoch, false, 5, -1, 0));
        (await Store.FlushAsync(Sample.Flush(row.Turn + 1, row.Epoch))).ShouldBe(FlushResult.Moved);
        (await Store.FlushAsync(Sample.Flush(row.Turn + 2, row.Epoch))).ShouldBe(FlushResult.Moved, "it was in flight behind the other");
        (await Store.SetPositionAsync("nobody", Sample.Commands0, 7, None)).ShouldBeFalse();
        (await Store.SetPositionAsync("commands", Sample.Commands0 with { Number = 3 }, 7, None)).ShouldBeFalse();
    }

    [Test]
    public async Task What_was_submitted_before_a_partition_is_reclaimed_is_not_written_after_it()
    {
        var row = await Store.TakeAsync("commands", Sample.Commands0, None);

        var reclaimed = (await Store.ReclaimAsync("commands", Sample.Commands0, row.Epoch, None)).ShouldNotBeNull();

        reclaimed.ShouldBe(row with { Epoch = row.Epoch + 1, Clean = false });
        (await Store.FlushAsync(Sample.Flush(row.Turn, row.Epoch))).ShouldBe(FlushResult.Moved);
        (await Store.FlushAsync(Sample.Flush(reclaimed.Turn, reclaimed.Epoch))).ShouldBe(FlushResult.Committed);
        (await Store.ReclaimAsync("commands", Sample.Commands0, row.Epoch, None)).ShouldBeNull();
    }

    [Test]
    public async Task Nothing_is_written_where_the_turn_has_moved()
    {
        var row = await Store.TakeAsync("commands", Sample.Commands0, None);
        await Store.FlushAsync(Sample.Flush(row.Turn, row.Epoch));
        var late = Sample.Flush(row.Turn, row.Epoch);
        late.States.Add(Sample.State(Ada, 0, "{}"));
        late.Outgoing.Add(Sample.Record("a", topic: Topics.Events));

        (await Store.FlushAsync(late)).ShouldBe(FlushResult.Moved);

        Store.Find(Ada).ShouldBeNull();
        (await _stores.Log.EndsAsync(Topics.Events, None)).Max().ShouldBeLessThanOrEqualTo(1);
    }

    [Test]
    public async Task A_zombie_writes_nothing_after_another_took_the_partition()
    {
        var zombie = await Store.TakeAsync("commands", Sample.Commands0, None);
        var owner = await Store.TakeAsync("commands", Sample.Commands0, None);
        var late = Sample.Flush(zombie.Turn, zombie.Epoch);
        late.States.Add(Sample.State(Ada, 0, "{}"));

        (await Store.FlushAsync(late)).ShouldBe(FlushResult.Moved);
        (await Store.FlushAsync(Sample.Flush(owner.Turn, owner.Epoch))).ShouldBe(FlushResult.Committed);
        Store.Find(Ada).ShouldBeNull();
    }

    [Test]
    public async Task Two_flushes_in_flight_follow_each_other_and_the_second_falls_with_the_first()
    {
        var row = await Store.TakeAsync("commands", Sample.Commands0, None);
        var (tail, first, second) = (new StreamTail(0), Sample.Flush(row.Turn, row.Epoch), Sample.Flush(row.Turn + 1, row.Epoch));
        first.Events.Add(Sample.Event(Ada, tail, 1));
        first.States.Add(Sample.State(Ada, 0, "1", tail));
        second.Events.Add(Sample.Event(Ada, tail, 2));
        second.States.Add(Sample.State(Ada, 1, "2", tail));
        (await Task.WhenAll(Store.FlushAsync(first), Store.FlushAsync(second))).ShouldBe([FlushResult.Committed, FlushResult.Committed]);

        var (wrong, after) = (Sample.Flush(row.Turn + 2, row.Epoch), Sample.Flush(row.Turn + 3, row.Epoch));
        wrong.States.Add(Sample.State(Ada, 7, "wrong", tail));
        after.States.Add(Sample.State(Bob, 0, "after", null));
        var (failing, falling) = (Store.FlushAsync(wrong), Store.FlushAsync(after));

        (await Should.ThrowAsync<FlushFailedException>(() => failing)).Message.ShouldContain(Ada.Id);
        (await falling).ShouldBe(FlushResult.Moved);
        Sample.Text(Store.Find(Ada)!.Data).ShouldBe("2");
        Store.Find(Bob).ShouldBeNull();
    }

    [Test]
    public async Task A_failed_flush_leaves_nothing_behind_and_others_at_the_same_time_stay()
    {
        var partitions = Enumerable.Range(0, 4).Select(n => new PartitionId(Topics.Commands, n)).ToList();
        var rows = await Task.WhenAll(partitions.Select(p => Store.TakeAsync("commands", p, None)));
        var tails = partitions.ConvertAll(_ => new StreamTail(0));
        for (var round = 0; round < 20; round++)
        {
            var flushes = partitions.ConvertAll(p => Full(p, rows[p.Number], tails[p.Number], round, fails: p.Number == round % 4));
            var submitted = flushes.ConvertAll(Store.FlushAsync);
            var appended = _stores.Log.AppendAsync(Sample.Record("door"), None);
            foreach (var (flush, index) in submitted.Select((f, i) => (f, i)))
            {
                if (index == round % 4)
                {
                    await Should.ThrowAsync<FlushFailedException>(() => flush);
                }
                else
                {
                    (await flush).ShouldBe(FlushResult.Committed);
                    rows[index] = rows[index] with { Turn = rows[index].Turn + 1 };
                }
            }

            await appended;
            foreach (var flush in flushes)
            {
                AssertWritten(flush, flush.Position.Partition.Number != round % 4);
            }
        }

        foreach (var partition in partitions)
        {
            using var reader = Store.OpenReader();
            var key = new StateKey("order", $"order-{partition.Number}");
            reader.Events(key, 1, 100).Select(e => e.Version).ShouldBe(Enumerable.Range(1, 15).Select(n => (long)n));
        }
    }

    [Test]
    public async Task A_state_row_is_created_replaced_and_deleted_by_version()
    {
        var writer = await Store.WriterAsync();
        await writer(f => f.States.AddRange([Sample.State(Ada, 0, "1"), Sample.State(Bob, 0, "b")]));
        await writer(f => f.States.Add(Sample.State(Ada, 1, "2")));
        Store.Find(Ada)!.Version.ShouldBe(2);
        Sample.Text(Store.Find(Ada)!.Data).ShouldBe("2");

        (await Should.ThrowAsync<FlushFailedException>(() => writer(f => f.States.Add(Sample.State(Ada, 0, "again")))))
            .Message.ShouldContain("version 2");
        await writer(f => f.States.Add(Sample.State(Ada, 2, "") with { Data = null }));

        Store.Find(Ada).ShouldBeNull();
        Sample.Text(Store.Find(Bob)!.Data).ShouldBe("b");
    }

    [Test]
    public async Task Ids_that_differ_only_in_spelling_are_different_keys()
    {
        string[] ids = [Ada.Id, Ada.Id.ToUpperInvariant(), Ada.Id.Replace("-", ""), "", "ä/ö 😀"];
        var writer = await Store.WriterAsync();
        await writer(f => f.States.AddRange(ids.Select(id => Sample.State(new StateKey("user", id), 0, id))));
        await writer(f => f.States.Add(Sample.State(new StateKey("users", Ada.Id), 0, "other kind")));

        foreach (var id in ids)
        {
            Sample.Text(Store.Find(new StateKey("user", id))!.Data).ShouldBe(id);
        }
    }

    [Test]
    public async Task Events_of_a_stream_are_read_in_order_and_from_a_version()
    {
        var (ada, bob) = (new StreamTail(0), new StreamTail(0));
        var writer = await Store.WriterAsync();
        for (var version = 1; version <= 9; version += 3)
        {
            var from = version;
            await writer(f =>
            {
                for (var v = from; v < from + 3; v++)
                {
                    f.Events.Add(Sample.Event(Ada, ada, v));
                    f.Events.Add(Sample.Event(Bob, bob, v));
                }

                f.States.Add(Sample.State(Ada, from == 1 ? 0 : from - 1, "a", ada) with { Version = from + 2 });
                f.States.Add(Sample.State(Bob, from == 1 ? 0 : from - 1, "b", bob) with { Version = from + 2 });
            });
        }

        _stores.Reopen();
        using var reader = Store.OpenReader();
        reader.Events(Ada, 1, 100).Select(e => e.Version).ShouldBe([1, 2, 3, 4, 5, 6, 7, 8, 9]);
        reader.Events(Ada, 4, 3).Select(e => e.Version).ShouldBe([4, 5, 6]);
        reader.Events(Ada, 10, 3).ShouldBeEmpty();
        reader.Events(new StateKey("user", "nobody"), 1, 10).ShouldBeEmpty();
        var all = reader.EventsAfter(0, 5);
        all.Select(e => (e.Stream, e.Version)).ShouldBe([(Ada, 1), (Bob, 1), (Ada, 2), (Bob, 2), (Ada, 3)]);
        reader.EventsAfter(all[^1].Seq, 100).Count.ShouldBe(13);
        var event5 = reader.Events(Bob, 5, 1).Single();
        (event5.Stream, event5.Type, event5.Schema, event5.AtMs).ShouldBe((Bob, "UserCreated", 1, Sample.Ms(5)));
        Sample.Text(event5.Data).ShouldBe("""{"version":5}""");
    }

    [Test]
    public async Task A_stream_goes_on_from_its_state_row()
    {
        var writer = await Store.WriterAsync();
        var tail = new StreamTail(0);
        await writer(f =>
        {
            f.Events.Add(Sample.Event(Ada, tail, 1));
            f.States.Add(Sample.State(Ada, 0, "1", tail));
        });

        _stores.Reopen();
        writer = await Store.WriterAsync();
        var again = new StreamTail(Store.Find(Ada)!.LastEvent);
        await writer(f =>
        {
            f.Events.Add(Sample.Event(Ada, again, 2));
            f.States.Add(Sample.State(Ada, 1, "2", again));
        });

        using var reader = Store.OpenReader();
        reader.Events(Ada, 1, 10).Select(e => e.Version).ShouldBe([1, 2]);
    }

    [Test]
    public async Task What_a_flush_sends_is_in_the_log_or_the_outbox_with_its_commit()
    {
        var writer = await Store.WriterAsync();
        var sent = Sample.Record("ada", topic: Topics.Events);
        await writer(f =>
        {
            f.Outgoing.Add(sent);
            f.Position = f.Position with { OutSeq = 1 };
        });

        if (Store.Outbox is { } outbox)
        {
            (await outbox.ReadAsync("commands", Sample.Commands0, 0, 10, None)).Single().Records.Single().Id.ShouldBe(sent.Id);
            return;
        }

        (await _stores.Log.ReadAsync(sent.Where, sent.Offset, None))!.Id.ShouldBe(sent.Id);
    }

    // Everything that a flush can write; the one that fails does so with its last state.
    private static Flush Full(PartitionId partition, PositionRow row, StreamTail tail, int round, bool fails)
    {
        var flush = Sample.Flush(row.Turn, row.Epoch, round, partition: partition);
        var key = new StateKey("order", $"order-{partition.Number}");
        flush.Events.Add(Sample.Event(key, tail, row.Turn + 1));
        flush.States.Add(Sample.State(key, row.Turn, $"{round}", tail));
        flush.Outcomes.Add(new OutcomeWrite(Sample.Outcome(Sample.Id()), false));
        flush.Outgoing.Add(Sample.Record(key.Id, topic: Topics.Events));
        flush.Position = flush.Position with { OutSeq = row.Turn + 1 };
        flush.Uniques.Add(new UniqueWrite("round", $"{partition}-{round}", key.Id, false));
        if (fails)
        {
            flush.States.Add(Sample.State(Bob, 99, "nobody"));
        }

        return flush;
    }

    private void AssertWritten(Flush flush, bool written)
    {
        using var reader = Store.OpenReader();
        var (outcome, unique) = (flush.Outcomes[0].Outcome.Id, flush.Uniques[0]);
        Store.Outcomes(outcome).Count.ShouldBe(written ? 1 : 0);
        (reader.FindUnique(unique.Space, unique.Value) is not null).ShouldBe(written);
        var state = Store.Find(flush.States[0].Key);
        (state is not null && Encoding.UTF8.GetString(flush.States[0].Data!) == Sample.Text(state.Data)).ShouldBe(written);
    }
}
