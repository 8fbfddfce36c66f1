using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Tests.Store;

public sealed class ParkedMovesTests
{
    [Test]
    public void Rows_go_where_their_key_belongs_keep_the_order_of_each_key_and_meet_nobody([Values(5, 6, 8)] int to)
    {
        // As in Kafka, offsets of different partitions are the same numbers.
        var random = new Random(7);
        var rows = Enumerable.Range(0, 400).Select(n => (Key: $"key-{random.Next(60)}", Order: (long)(n / 4)))
            .Select(row => new ParkedPlace("commands", new PartitionId(Topics.Commands, Murmur2.Partition(row.Key, 4)), row.Order, row.Key))
            .DistinctBy(row => (row.Partition, row.Order)).ToList();

        var after = Apply(rows, ParkedMoves.Of(rows, to));

        after.Count.ShouldBe(rows.Count);
        after.ShouldAllBe(row => row.Partition.Number == Murmur2.Partition(row.Key, to));
        after.DistinctBy(row => (row.Partition, row.Order)).Count().ShouldBe(rows.Count);
        after.ShouldAllBe(row => row.Order >= 0 || row.Order < -100);
        foreach (var key in rows.Select(row => row.Key).Distinct())
        {
            var moved = after.Where(row => row.Key == key).OrderBy(row => row.Order).Select(row => row.Group);
            moved.ShouldBe(Numbered(rows).Where(row => row.Key == key).OrderBy(row => row.Order).Select(row => row.Group), key);
        }
    }

    [Test]
    public void A_second_growth_puts_rows_below_those_that_the_first_has_moved()
    {
        var key = Enumerable.Range(0, 1_000).Select(n => $"key-{n}").First(k => Murmur2.Partition(k, 6) == 1 && Murmur2.Partition(k, 7) == 5);
        var other = Enumerable.Range(0, 1_000).Select(n => $"key-{n}").First(k => Murmur2.Partition(k, 6) == 5 && Murmur2.Partition(k, 7) == 5);
        var rows = new[] { Row(1, -5_000, key), Row(1, 3, key), Row(5, -1_001, other), Row(5, 3, other) };

        var moves = ParkedMoves.Of(rows, 7);

        moves.Select(move => (move.From.Order, move.Partition, move.Order)).ShouldBe([(-5_000L, 5, -1_003L), (3L, 5, -1_002L)]);
    }

    [Test]
    public void Groups_do_not_mix_and_what_has_no_key_stays()
    {
        var key = Enumerable.Range(0, 1_000).Select(n => $"key-{n}").First(k => Murmur2.Partition(k, 4) == 0 && Murmur2.Partition(k, 6) == 4);
        var rows = new[] { Row(0, 1, key), Row(0, 2, ""), Row(0, 1, key) with { Group = "sagas", Partition = new PartitionId(Topics.Flows, 0) } };

        ParkedMoves.Of(rows, 6).Select(move => (move.From.Group, move.Partition, move.Order)).ShouldBe([("commands", 4, -1_001L), ("sagas", 4, -1_001L)]);
    }

    private static ParkedPlace Row(int partition, long order, string key) => new("commands", new PartitionId(Topics.Commands, partition), order, key);

    // The group tells which row it was.
    private static List<ParkedPlace> Numbered(List<ParkedPlace> rows) => [.. rows.Select((row, n) => row with { Group = $"{n}" })];

    private static List<ParkedPlace> Apply(List<ParkedPlace> rows, List<ParkedMove> moves)
    {
        var to = moves.ToDictionary(move => move.From);
        return [.. rows.Select((row, n) => (to.TryGetValue(row, out var move)
            ? row with { Partition = row.Partition with { Number = move.Partition }, Order = move.Order }
            : row) with { Group = $"{n}" })];
    }
}
