using NUnit.Framework;
using Shouldly;
using Workers.Engine.Projections;

namespace Workers.Tests.Projections;

[Parallelizable(ParallelScope.All)]
public sealed class AuditKeepingTests
{
    private const int Today = 20_000;

    [TestCase(1)]
    [TestCase(30)]
    [TestCase(365)]
    public void With_entries_each_day_so_many_whole_days_before_today_are_kept(int keep) =>
        AuditKeeping.FirstKept(Today, Enumerable.Range(Today - 500, 501), keep).ShouldBe(Today - keep);

    [Test]
    public void Weekends_keep_nothing_longer() =>
        Deleted(Today, Enumerable.Range(Today - 500, 501).Where(day => day % 7 < 5), keep: 30).ShouldBe(Enumerable.Range(Today - 500, 500 - 30).Where(day => day % 7 < 5));

    [TestCase(1, 1)]
    [TestCase(30, 3)]
    [TestCase(365, 7)]
    public void A_clock_that_is_put_far_forward_takes_no_more_than_a_pause(int keep, int early)
    {
        var trail = Enumerable.Range(Today - 400, 401).ToList();

        // Nothing was written by the wrong clock yet, and then it was.
        Deleted(Today + 5_000, trail, keep).ShouldAllBe(day => day <= Today - keep + early);
        Deleted(Today + 5_000, [.. trail, Today + 5_000], keep).ShouldAllBe(day => day <= Today - keep + early);
    }

    [Test]
    public void After_a_long_stop_days_go_when_the_trail_has_gone_on_for_as_long_as_they_were_to_be_kept()
    {
        var before = Enumerable.Range(Today - 50, 51).ToList();

        Deleted(Today + 100, [.. before, Today + 100], keep: 30).ShouldAllBe(day => day <= Today - 27);
        Deleted(Today + 130, [.. before, .. Enumerable.Range(Today + 100, 31)], keep: 30).ShouldBe(before);
    }

    [Test]
    public void A_clock_that_is_put_back_deletes_nothing_and_days_to_come_prove_nothing()
    {
        var trail = Enumerable.Range(Today - 50, 51).ToList();

        Deleted(Today - 1_000, trail, keep: 30).ShouldBeEmpty();
        Deleted(Today, [.. trail, .. Enumerable.Range(Today + 1, 300)], keep: 30).ShouldBe(Enumerable.Range(Today - 50, 20));
        Deleted(Today, [], keep: 30).ShouldBeEmpty();
    }

    private static IEnumerable<int> Deleted(int today, IEnumerable<int> days, int keep)
    {
        var first = AuditKeeping.FirstKept(today, days, keep);
        return days.Where(day => day < first);
    }
}
