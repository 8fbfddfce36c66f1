using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Conformance.Store;

/// <summary>What every state store must do when the topics are given more partitions: here 6 in place of 4.</summary>
public abstract class PartitionGrowthConformance
{
    private static readonly CancellationToken None = CancellationToken.None;

    private Stores _stores = null!;

    protected abstract Stores Make();

    [SetUp]
    public void Open() => _stores = Make();

    [TearDown]
    public void Close() => _stores.Dispose();

    [Test]
    public async Task What_was_begun_is_known_until_it_is_completed_or_withdrawn_and_is_history_then()
    {
        (await _stores.Growth.BegunAsync(None)).ShouldBeNull();
        GrowthRows.HistoryIn(_stores.State).Growths.ShouldBeEmpty();

        await _stores.Growth.BeginAsync(Growth(4, 6), None);
        _stores.Reopen();
        var begun = (await _stores.Growth.BegunAsync(None)).ShouldNotBeNull();
        (begun.From, begun.To, begun.AtMs).ShouldBe((4, 6, Sample.Ms(1)));
        begun.Ends[Topics.Flows].ShouldBe([7, 0, 3, 1]);
        GrowthRows.HistoryIn(_stores.State).Growths.ShouldBeEmpty();

        await _stores.Growth.WithdrawAsync(begun, None);
        (await _stores.Growth.BegunAsync(None)).ShouldBeNull();
        GrowthRows.HistoryIn(_stores.State).Growths.ShouldBeEmpty();

        await _stores.Growth.BeginAsync(begun, None);
        await _stores.Growth.CompleteAsync(begun, None);
        (await _stores.Growth.BegunAsync(None)).ShouldBeNull();
        await _stores.Growth.CompleteAsync(Growth(6, 9), None);
        GrowthRows.HistoryIn(_stores.State).Growths.Select(growth => (growth.From, growth.To, growth.Ends[Topics.Flows][2])).ShouldBe([(4, 6, 3L), (6, 9, 3L)]);
    }

    [Test]
    public async Task Parked_rows_go_whole_to_the_partition_of_their_key_in_the_order_of_each_key()
    {
        // Each partition has the orders 0 to 9, as in a log that counts each of them for itself.
        var keys = Enumerable.Range(0, 4).SelectMany(partition => Enumerable.Range(0, 10).Select(n => (Partition: partition, Order: n, Key: Sample.KeyOf(partition, n % 4)))).ToList();
        foreach (var partition in Enumerable.Range(0, 4))
        {
            await Write("commands", Topics.Commands, partition, flush => flush.Parked.AddRange(
                keys.Where(one => one.Partition == partition).Select(one => Row(one.Key, one.Partition, one.Order))));
        }

        await _stores.Growth.CompleteAsync(Growth(4, 6), None);

        using var reader = _stores.State.OpenReader();
        var after = Enumerable.Range(0, 6)
            .SelectMany(n => reader.Parked("commands", new PartitionId(Topics.Commands, n), long.MinValue, 100).Select(row => (Partition: n, Row: row))).ToList();
        after.Count.ShouldBe(40);
        after.ShouldAllBe(one => Murmur2.Partition(one.Row.Record.Key, 6) == one.Partition);
        after.Count(one => one.Row.Order < 0).ShouldBeGreaterThan(10, "else this shows nothing");
        foreach (var key in keys.GroupBy(one => one.Key, one => one.Order))
        {
            after.Where(one => one.Row.Record.Key == key.Key).Select(one => (int)one.Row.Record.Offset).ShouldBe(key, key.Key);
        }

        var moved = after.First(one => one.Row.Order < 0).Row;
        (moved.Attempts, moved.Reason, moved.Error, moved.DueMs, moved.Record.Where).ShouldBe(
            (2, "RETRYING", "took too long", Sample.Ms(5), new PartitionId(Topics.Commands, Murmur2.Partition(moved.Record.Key, 4))));
    }

    [Test]
    public async Task Timers_go_to_the_partition_of_their_key_and_stay_due_when_they_were()
    {
        var keys = Enumerable.Range(0, 4).SelectMany(partition => Enumerable.Range(0, 3).Select(n => Sample.KeyOf(partition, n))).ToList();
        foreach (var keysOf in keys.GroupBy(key => Murmur2.Partition(key, 4)))
        {
            await Write("sagas", Topics.Flows, keysOf.Key, flush => flush.Timers.AddRange(keysOf.Select(key => new TimerWrite(Guid.NewGuid(), Sample.Ms(9), Sample.Record(key)))));
        }

        await _stores.Growth.CompleteAsync(Growth(4, 6), None);

        using var reader = _stores.State.OpenReader();
        foreach (var partition in Enumerable.Range(0, 6))
        {
            var due = reader.DueTimers("sagas", new PartitionId(Topics.Flows, partition), Sample.Ms(10), 100, out _);
            due.Select(timer => timer.Message.Key).ShouldBe(keys.Where(key => Murmur2.Partition(key, 6) == partition), ignoreOrder: true);
            due.ShouldAllBe(timer => timer.DueMs == Sample.Ms(9));
        }
    }

    [Test]
    public async Task What_waits_for_every_worker_stays_where_it_is()
    {
        await Write("control", Topics.Control, 0, flush => flush.Parked.Add(Row("somebody", 0, 3)));

        await _stores.Growth.CompleteAsync(Growth(4, 6), None);

        using var reader = _stores.State.OpenReader();
        reader.Parked("control", new PartitionId(Topics.Control, 0), long.MinValue, 10).ShouldHaveSingleItem().Order.ShouldBe(3);
    }

    [Test]
    public async Task Behind_a_fence_nothing_is_committed_that_was_decided_before()
    {
        var row = await _stores.State.TakeAsync("commands", Sample.Commands0, None);
        await _stores.Growth.FenceAsync(None);

        (await _stores.State.FlushAsync(Sample.Flush(row.Turn, row.Epoch))).ShouldBe(FlushResult.Moved);
        row = await _stores.State.TakeAsync("commands", Sample.Commands0, None);
        (await _stores.State.FlushAsync(Sample.Flush(row.Turn, row.Epoch))).ShouldBe(FlushResult.Committed);
        (await _stores.Growth.OutboxAsync(None)).ShouldBe(0);
    }

    [Test]
    public async Task A_growth_is_seen_by_whoever_follows_what_concerns_every_worker()
    {
        using var reader = _stores.State.OpenReader();
        var version = reader.ControlVersion();

        await _stores.Growth.BeginAsync(Growth(4, 6), None);

        reader.ControlVersion().ShouldBe(version + 1);
        reader.ControlRows(version).ShouldHaveSingleItem();
    }

    private static Growth Growth(int from, int to) =>
        new(from, to, Sample.Ms(1), Topics.Keyed.ToDictionary(topic => topic, IReadOnlyList<long> (_) => [7, 0, 3, 1]));

    private static ParkedRow Row(string key, int partition, long order)
    {
        var row = Sample.Parked(order, key, attempts: 2);
        (row.Record.Partition, row.Record.Offset) = (partition, order);
        return row;
    }

    private async Task Write(string group, string topic, int partition, Action<Flush> fill)
    {
        var id = new PartitionId(topic, partition);
        var row = await _stores.State.TakeAsync(group, id, None);
        var flush = Sample.Flush(row.Turn, row.Epoch, group: group, partition: id);
        fill(flush);
        (await _stores.State.FlushAsync(flush)).ShouldBe(FlushResult.Committed);
    }
}
