using System.Globalization;
using NUnit.Framework;
using Shouldly;
using Workers.Domain.Schedules;

namespace Workers.Tests.Schedules;

/// <summary>
/// A thousand schedules for a year, against a calculation that shares nothing with the product's: it walks each minute of the year in UTC, asks the zone for the local
/// time of it, and compares that with sets of values.
/// </summary>
[TestFixture]
public sealed class SimulatedYearTests
{
    private static readonly string[] Zones =
        ["UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns", "Pacific/Chatham", "America/Santiago", "Asia/Tokyo"];

    private static readonly DateTime First = new(2026, 6, 15, 0, 0, 0, DateTimeKind.Utc);

    [Test]
    public void A_thousand_schedules_fire_for_a_year_at_the_times_that_another_calculation_gives()
    {
        var random = new Random(20261122);
        foreach (var zone in Zones)
        {
            // One walk of the year for the hundred schedules of a zone.
            var schedules = Enumerable.Range(0, 100).Select(_ => Sample.Make(random)).ToList();
            var found = Walk(ZoneTimes.Find(zone)!, schedules);
            for (var i = 0; i < schedules.Count; i++)
            {
                var timing = new Timing("s", Cron.Parse(schedules[i].Text), ZoneTimes.Find(zone)!, 0, 0, null, null, 0, null);
                var times = timing.After(Ms(First) - 1).TakeWhile(time => time.AtMs < Ms(First.AddDays(365))).Select(time => time.AtMs).ToList();

                times.ShouldBe(found[i], $"{schedules[i].Text} in {zone}");
            }
        }
    }

    /// <summary>What each fires at: of local minutes that are left out the instant behind them, of those that are there twice the first.</summary>
    private static List<List<long>> Walk(TimeZoneInfo zone, List<Sample> schedules)
    {
        var found = schedules.ConvertAll(_ => new List<long>());
        var byTime = schedules.Select((schedule, i) => (schedule, i)).SelectMany(one => from hour in one.schedule.Hours from minute in one.schedule.Minutes select (Time: (hour, minute), one.i))
            .ToLookup(one => one.Time, one => one.i);
        var seen = Local(First.AddMinutes(-1), zone);
        for (var at = First; at < First.AddDays(365); at = at.AddMinutes(1))
        {
            var local = Local(at, zone);
            if (local <= seen)
            {
                // The clock was put back: it has been this time already.
                continue;
            }

            for (var minute = seen.AddMinutes(1); minute <= local; minute = minute.AddMinutes(1))
            {
                // Several left-out minutes are one instant.
                foreach (var i in byTime[(minute.Hour, minute.Minute)].Where(i => schedules[i].MeansDay(minute) && (found[i].Count == 0 || found[i][^1] < Ms(at))))
                {
                    found[i].Add(Ms(at));
                }
            }

            seen = local;
        }

        return found;
    }

    private static DateTime Local(DateTime utc, TimeZoneInfo zone) => TimeZoneInfo.ConvertTimeFromUtc(utc, zone);

    private static long Ms(DateTime utc) => new DateTimeOffset(utc, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private sealed record Sample(string Text, HashSet<int> Minutes, HashSet<int> Hours, HashSet<int>? Days, HashSet<int> Months, HashSet<int>? Weekdays)
    {
        public static Sample Make(Random random)
        {
            var (minutes, hours, months) = (Pick(random, 0, 59, 3), Pick(random, 0, 5, 2), random.Next(3) == 0 ? Pick(random, 1, 12, 6) : [.. Enumerable.Range(1, 12)]);
            var (days, weekdays) = random.Next(3) switch
            {
                0 => (Pick(random, 1, 31, 5), (HashSet<int>?)null),
                1 => (null, Pick(random, 1, 7, 3)),
                _ => ((HashSet<int>?)null, (HashSet<int>?)null),
            };
            var text = $"0 {List(minutes)} {List(hours)} {(days is null ? weekdays is null ? "*" : "?" : List(days))} {(months.Count == 12 ? "*" : List(months))} {(weekdays is null ? "?" : List(weekdays))}";
            return new Sample(text, minutes, hours, days, months, weekdays);
        }

        public bool MeansDay(DateTime local) => Months.Contains(local.Month)
            && Days?.Contains(local.Day) != false && Weekdays?.Contains((int)local.DayOfWeek + 1) != false;

        private static HashSet<int> Pick(Random random, int least, int most, int count) => [.. Enumerable.Range(0, random.Next(1, count + 1)).Select(_ => random.Next(least, most + 1))];

        private static string List(HashSet<int> values) => string.Join(',', values.Select(value => value.ToString(CultureInfo.InvariantCulture)));
    }
}
