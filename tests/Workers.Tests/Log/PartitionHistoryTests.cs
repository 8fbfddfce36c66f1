using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Log;

namespace Workers.Tests.Log;

public sealed class PartitionHistoryTests
{
    // 2 → 3 at 100 and 200, then 3 → 5 at 150, 250 and 50.
    private static readonly PartitionHistory History = new(
    [
        new Growth(2, 3, 1, new Dictionary<string, IReadOnlyList<long>> { [Topics.Events] = [100, 200] }),
        new Growth(3, 5, 2, new Dictionary<string, IReadOnlyList<long>> { [Topics.Events] = [150, 250, 50] }),
    ]);

    [TestCase(0, 99, 0)]
    [TestCase(0, 100, 1)]
    [TestCase(0, 149, 1)]
    [TestCase(0, 150, 2)]
    [TestCase(1, 199, 0)]
    [TestCase(1, 249, 1)]
    [TestCase(2, 0, 1)]
    [TestCase(2, 50, 2)]
    [TestCase(4, 0, 2)]
    public void An_offset_belongs_to_the_time_between_two_growths(int partition, long offset, int era) =>
        History.EraOf(new PartitionId(Topics.Events, partition), offset).ShouldBe(era);

    [Test]
    public void Each_record_that_was_placed_rightly_at_its_time_belongs_where_it_lies()
    {
        foreach (var key in Enumerable.Range(0, 200).Select(n => $"key-{n}"))
        {
            History.Belongs(At(key, Murmur2.Partition(key, 2), 10), 5).ShouldBeTrue(key);
            History.Belongs(At(key, Murmur2.Partition(key, 3), Murmur2.Partition(key, 3) == 2 ? 10 : 149 + (100 * Murmur2.Partition(key, 3))), 5).ShouldBeTrue(key);
            History.Belongs(At(key, Murmur2.Partition(key, 5), 1_000), 5).ShouldBeTrue(key);
        }
    }

    [Test]
    public void A_record_that_was_placed_wrongly_at_its_time_does_not()
    {
        var key = Enumerable.Range(0, 100).Select(n => $"key-{n}").First(k => Murmur2.Partition(k, 2) == 0 && Murmur2.Partition(k, 3) == 2 && Murmur2.Partition(k, 5) == 4);

        History.Belongs(At(key, 1, 10), 5).ShouldBeFalse();
        History.Belongs(At(key, 0, 120), 5).ShouldBeFalse("it was already placed among three");
        History.Belonged(At(key, 0, 10)).ShouldBeTrue();
        (History.IsOld(At(key, 2, 49)), History.IsOld(At(key, 2, 50))).ShouldBe((true, false));
    }

    [Test]
    public void Where_nothing_ever_grew_the_present_count_tells()
    {
        PartitionHistory.None.Belongs(At("a", Murmur2.Partition("a", 4), 0), 4).ShouldBeTrue();
        PartitionHistory.None.Belongs(At("a", Murmur2.Partition("a", 4) ^ 1, 0), 4).ShouldBeFalse();
        PartitionHistory.None.IsOld(At("a", 0, 0)).ShouldBeFalse();
    }

    private static LogRecord At(string key, int partition, long offset) => new()
    {
        Id = Guid.NewGuid(),
        Topic = Topics.Events,
        Key = key,
        TimestampMs = 0,
        Partition = partition,
        Offset = offset,
    };
}
