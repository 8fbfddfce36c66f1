using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Follow;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Tests.Follow;

/// <summary>Following a log whose partitions grew from 4 to 6, from its beginning.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class FollowGrowthTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Test]
    public async Task Nothing_of_before_is_left_out_and_each_key_keeps_its_order([Values(1, 7, 8_000)] int batch)
    {
        var (log, history) = await GrownAsync();
        var store = new Collected();
        var options = new FollowOptions { BatchRecords = batch, Linger = TimeSpan.Zero, Backoff = TimeSpan.FromMilliseconds(1) };
        using var follower = new Follower(
            new FollowGroup("test", [Topics.Events], new Collector(store)), log, TimeProvider.System, NullLogger<Follower>.Instance, options, history: history);
        follower.Start();

        await store.Until(400);

        follower.Stop(Patience).ShouldBeTrue();
        store.Written.Count.ShouldBe(400);
        store.Written.GroupBy(r => r.Key).ShouldAllBe(key => key.Select(r => r.TimestampMs).SequenceEqual(key.Select(r => r.TimestampMs).Order()));
    }

    [Test]
    public async Task What_came_after_waits_for_what_another_process_follows_of_before()
    {
        var (log, history) = await GrownAsync();
        var stored = new Stored();
        var mine = Enumerable.Range(0, 6).Where(n => n != 2).Select(n => Followed(n, history.Growths[0].Ends[Topics.Events].ElementAtOrDefault(n))).ToList();
        var order = new GrowthOrder("test", mine, history, log, [stored]);

        mine.ShouldAllBe(partition => !order.MayTake(partition));
        stored.Offset = history.Growths[0].Ends[Topics.Events][2] - 1;
        order.MayTake(mine[0]).ShouldBeFalse();
        stored.Offset++;
        mine.ShouldAllBe(partition => order.MayTake(partition));
    }

    [Test]
    public async Task What_came_after_is_not_in_one_batch_with_what_came_before()
    {
        var (log, history) = await GrownAsync();
        var ends = history.Growths[0].Ends[Topics.Events];
        var mine = Enumerable.Range(0, 6).Select(n => Followed(n, ends.ElementAtOrDefault(n), stored: n == 1 ? ends[n] - 1 : null)).ToList();
        mine[1].Cursor.Add(new LogRecord { Id = Guid.NewGuid(), Topic = Topics.Events, Key = "last", TimestampMs = 0, Partition = 1, Offset = ends[1] - 1 });
        var order = new GrowthOrder("test", mine, history, log, []);

        mine[1].Take();

        mine.ShouldAllBe(partition => !order.MayTake(partition));
        mine[1].Committed(mine[1].Move());
        mine.ShouldAllBe(partition => order.MayTake(partition));
    }

    [Test]
    public async Task A_topic_that_was_made_anew_holds_nobody_back()
    {
        var (_, history) = await GrownAsync();
        var log = new MemoryLog(6);
        var mine = Enumerable.Range(0, 6).Select(n => Followed(n, n == 1 ? 1_000 : 0)).ToList();

        new GrowthOrder("test", mine, history, log, []).MayTake(mine[1]).ShouldBeTrue();
    }

    [Test]
    public async Task A_position_past_a_growth_is_stored_since_others_wait_for_it()
    {
        var (_, history) = await GrownAsync();
        var end = history.Growths[0].Ends[Topics.Events][1];

        Followed(1, end - 1, stored: 0).Moves(10_000, history).ShouldBeFalse();
        Followed(1, end, stored: 0).Moves(10_000, history).ShouldBeTrue();
        Followed(1, end + 5, stored: end).Moves(10_000, history).ShouldBeFalse();
    }

    // 200 records of 20 keys among four, then as many among six; the time tells the order.
    private static async Task<(MemoryLog Log, PartitionHistory History)> GrownAsync()
    {
        var log = new MemoryLog(6);
        Append(log, 0, 4);
        IReadOnlyList<long> ends = [.. (await log.EndsAsync(Topics.Events, CancellationToken.None)).Take(4)];
        Append(log, 200, 6);
        return (log, new PartitionHistory([new Growth(4, 6, 0, new Dictionary<string, IReadOnlyList<long>> { [Topics.Events] = ends })]));
    }

    private static void Append(MemoryLog log, int from, int partitions)
    {
        for (var n = from; n < from + 200; n++)
        {
            var record = new LogRecord { Id = Guid.NewGuid(), Topic = Topics.Events, Key = $"key-{n % 20}", TimestampMs = n };
            log.Append(record, Murmur2.Partition(record.Key, partitions));
        }
    }

    private static FollowedPartition Followed(int number, long offset, long? stored = null)
    {
        var partition = new FollowedPartition("test", new PartitionId(Topics.Events, number), new PositionRow(stored ?? offset, 1, 1, true, 0, -1, 0));
        partition.Cursor.Next = offset;
        return partition;
    }

    private sealed class Stored : IPositionStore
    {
        public long Offset { get; set; }

        public Task<IReadOnlyList<(string Group, PartitionId Partition, PositionRow Row)>> PositionsAsync(CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<(string, PartitionId, PositionRow)>>(
            [
                ("test", new PartitionId(Topics.Events, 2), new PositionRow(Offset, 1, 1, true, 0, -1, 0)),
                ("other", new PartitionId(Topics.Events, 2), new PositionRow(1_000_000, 1, 1, true, 0, -1, 0)),
            ]);

        public Task<bool> SetPositionAsync(string group, PartitionId partition, long offset, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
