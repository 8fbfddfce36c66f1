using System.Globalization;
using NUnit.Framework;
using Shouldly;
using Workers.Domain.Schedules;

namespace Workers.Tests.Schedules;

/// <summary>Both changes in a zone of the north, one of the south, and one that changes by half an hour.</summary>
[TestFixture]
public sealed class DaylightSavingTests
{
    // Forward: Berlin 2027-03-28 02:00 to 03:00, Sydney 2026-10-04 02:00 to 03:00, Lord Howe 2026-10-04 02:00 to 02:30.
    [TestCase("Europe/Berlin", "0 30 2 * * ?", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z")]
    [TestCase("Australia/Sydney", "0 30 2 * * ?", "2026-10-03T12:00:00Z", "2026-10-03T16:00:00Z", "2026-10-04T15:30:00Z")]
    [TestCase("Australia/Lord_Howe", "0 15 2 * * ?", "2026-10-03T12:00:00Z", "2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z")]
    // Back: Berlin 2026-10-25 03:00 to 02:00, Sydney 2027-04-04 03:00 to 02:00, Lord Howe 2027-04-04 02:00 to 01:30.
    [TestCase("Europe/Berlin", "0 30 2 * * ?", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    [TestCase("Australia/Sydney", "0 30 2 * * ?", "2027-04-03T12:00:00Z", "2027-04-03T15:30:00Z", "2027-04-04T16:30:00Z")]
    [TestCase("Australia/Lord_Howe", "0 45 1 * * ?", "2027-04-03T12:00:00Z", "2027-04-03T14:45:00Z", "2027-04-04T15:15:00Z")]
    public void A_time_that_is_left_out_fires_when_the_clock_goes_on_and_one_that_is_there_twice_fires_once(string zone, string cron, string after, string first, string second)
    {
        var times = Timing(zone, cron).After(Ms(after)).Take(2).ToList();

        times.Select(time => Text(time.AtMs)).ShouldBe([first, second]);
    }

    [TestCase("Europe/Berlin", "0 30 2 * * ?", "2027-03-27T12:00:00Z", "gap")]
    [TestCase("Europe/Berlin", "0 30 2 * * ?", "2026-10-24T12:00:00Z", "overlap")]
    [TestCase("Australia/Lord_Howe", "0 15 2 * * ?", "2026-10-03T12:00:00Z", "gap")]
    [TestCase("Australia/Lord_Howe", "0 45 1 * * ?", "2027-04-03T12:00:00Z", "overlap")]
    [TestCase("Europe/Berlin", "0 30 4 * * ?", "2027-03-27T12:00:00Z", null)]
    public void Such_a_time_and_such_a_day_are_marked(string zone, string cron, string after, string? saving)
    {
        var timing = Timing(zone, cron);
        var (first, second) = (timing.After(Ms(after)).First(), timing.After(Ms(after)).ElementAt(1));

        first.Saving.ShouldBe(saving);
        ZoneTimes.IsChanged(ZoneTimes.ToLocal(At(first), timing.Zone), timing.Zone).ShouldBeTrue();
        ZoneTimes.IsChanged(ZoneTimes.ToLocal(At(second), timing.Zone), timing.Zone).ShouldBeFalse();
    }

    [Test]
    public void Times_that_fall_together_fire_once() =>
        Timing("Europe/Berlin", "0 0/15 * * * ?").After(Ms("2027-03-28T00:30:00Z")).Take(4).Select(time => Text(time.AtMs))
            .ShouldBe(["2027-03-28T00:45:00Z", "2027-03-28T01:00:00Z", "2027-03-28T01:15:00Z", "2027-03-28T01:30:00Z"]);

    [Test]
    public void An_interval_knows_no_daylight_saving()
    {
        var timing = new Timing("s", null, ZoneTimes.Find("Europe/Berlin")!, 900_000, Ms("2026-10-25T00:00:00Z"), null, null, 0, null);

        timing.After(Ms("2026-10-25T00:00:00Z")).Take(100).Zip(timing.After(Ms("2026-10-25T00:15:00Z")), (one, next) => next.AtMs - one.AtMs).ShouldAllBe(gap => gap == 900_000);
    }

    [TestCase("Mars/Olympus")]
    [TestCase("../../etc/passwd")]
    [TestCase("CET-1CEST")]
    public void A_zone_that_is_none_is_told_so(string id)
    {
        ZoneTimes.Find(id).ShouldBeNull();
        ZoneTimes.Unknown(id).ShouldContain("IANA");
    }

    private static Timing Timing(string zone, string cron) => new("s", Cron.Parse(cron), ZoneTimes.Find(zone)!, 0, 0, null, null, 0, null);

    private static DateTime At(FireTime time) => DateTime.UnixEpoch.AddMilliseconds(time.AtMs);

    private static long Ms(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    private static string Text(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
