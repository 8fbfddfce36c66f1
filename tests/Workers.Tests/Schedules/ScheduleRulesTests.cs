using System.Text.Json;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Domain.Schedules;

namespace Workers.Tests.Schedules;

/// <summary>What is decided of due times: once each, whoever asks, whatever the clock does.</summary>
[TestFixture]
public sealed class ScheduleRulesTests
{
    private const long Minute = 60_000;
    private static readonly long Start = DateTimeOffset.Parse("2026-06-01T12:00:00Z", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
    private static readonly ScheduleLimits Limits = new(MisfireMs: Minute, AtOnce: 500, Kept: 10);

    [Test]
    public void A_time_fires_once_however_often_it_is_asked_for()
    {
        var first = Plan(Each(), null, Start + Minute);
        var again = Plan(Each(), first.Runs, Start + Minute + 5);

        first.Fires.Single().ShouldBe(new Fire(Ids.Fire("s", Start + Minute), Start + Minute, Start + Minute));
        again.Fires.ShouldBeEmpty();
        again.IsEmpty.ShouldBeTrue();
    }

    [Test]
    public void A_clock_that_is_put_back_an_hour_fires_nothing_twice_and_one_that_is_put_forward_misses_by_policy()
    {
        var runs = Plan(Each(), null, Start + (60 * Minute)).Runs;
        for (var now = Start; now <= Start + (60 * Minute); now += Minute)
        {
            Plan(Each(), runs, now).Fires.ShouldBeEmpty();
        }

        Plan(Each(), runs, Start + (61 * Minute)).Fires.ShouldHaveSingleItem();
        Plan(Each() with { Misfire = Schedule.Skip }, runs, Start + (120 * Minute)).Fires.ShouldHaveSingleItem().AtMs.ShouldBe(Start + (120 * Minute));
    }

    [TestCase(Schedule.FireNow, 2)]
    [TestCase(Schedule.Skip, 1)]
    [TestCase(Schedule.FireAll, 31)]
    public void Times_that_were_missed_are_what_the_policy_says_once(string misfire, int fires)
    {
        var schedule = Each() with { Misfire = misfire };
        var runs = Plan(schedule, null, Start).Runs;

        var plan = Plan(schedule, runs, Start + (31 * Minute) + 1);

        plan.Fires.Count.ShouldBe(fires);
        plan.Fires.Select(fire => fire.CommandId).ShouldBeUnique();
        plan.Fires[^1].AtMs.ShouldBe(Start + (31 * Minute));
        plan.MissedTimes.ShouldBe(30);
        Plan(schedule, plan.Runs, Start + (31 * Minute) + 2).IsEmpty.ShouldBeTrue();
    }

    [Test]
    public void Many_missed_times_are_decided_a_part_after_the_other()
    {
        var schedule = Each() with { Misfire = Schedule.FireAll };
        ScheduleRuns? runs = null;
        var fired = new List<long>();
        FirePlan plan;
        do
        {
            plan = Plan(schedule, runs, Start + (2_000 * Minute));
            fired.AddRange(plan.Fires.Select(fire => fire.AtMs));
            runs = plan.Runs;
        }
        while (plan.HasMore);

        fired.ShouldBe(Enumerable.Range(1, 2_000).Select(n => Start + (n * Minute)));
    }

    [Test]
    public void A_pause_lets_its_times_go_by_and_ends_when_it_says()
    {
        var paused = Each() with { Pause = new SchedulePause("audit", Start + (10 * Minute), "ops", Start) };

        Plan(paused, null, Start + (5 * Minute)).IsEmpty.ShouldBeTrue();
        Plan(paused, null, Start + (11 * Minute)).Fires.ShouldHaveSingleItem().AtMs.ShouldBe(Start + (11 * Minute));
        ScheduleRules.Next(paused, null, Start + Minute)!.Value.AtMs.ShouldBe(Start + (11 * Minute));
        ScheduleRules.Next(Each() with { Pause = new SchedulePause(null, null, "ops", Start) }, null, Start).ShouldBeNull();
    }

    [Test]
    public void While_the_last_command_runs_a_time_is_skipped_or_waits_or_fires()
    {
        var skip = Each() with { Overlap = Schedule.Skip };
        var runs = Plan(skip, null, Start + Minute).Runs;
        var skipped = ScheduleRules.Plan(skip, runs, Start + (2 * Minute), Limits, _ => true);
        (skipped.Fires.Count, skipped.Skipped, skipped.Runs.Runs[0].How).ShouldBe((0, 1, ScheduleRun.SkippedOverlap));

        ScheduleRules.Plan(Each(), runs, Start + (2 * Minute), Limits, _ => true).Fires.ShouldHaveSingleItem();

        var queue = Each() with { Overlap = Schedule.Queue };
        var waits = ScheduleRules.Plan(queue, runs, Start + (2 * Minute), Limits, _ => true);
        waits = ScheduleRules.Plan(queue, waits.Runs, Start + (3 * Minute), Limits, _ => true);
        (waits.Fires.Count, waits.Runs.Waiting.Count).ShouldBe((0, 2));

        var ended = ScheduleRules.Plan(queue, waits.Runs, Start + (3 * Minute) + 5, Limits, _ => false);
        ended.Fires.ShouldHaveSingleItem().AtMs.ShouldBe(Start + (2 * Minute));
        ended.Runs.Waiting.ShouldBe([Start + (3 * Minute)]);
        ended.Runs.Runs.Select(run => (run.AtMs, run.How)).ShouldContain((Start + (2 * Minute), ScheduleRun.Fired));
    }

    [Test]
    public void Calendars_leave_days_out_and_ends_end()
    {
        // 2026-06-01 is a Monday.
        var daily = Each() with
        {
            Cron = "0 0 9 * * ?",
            Calendar = new ScheduleCalendar(null, ["SAT", "SUN"], ["06-04", "2026-06-05"]),
            EndMs = Start + TimeSpan.FromDays(9).Ticks / TimeSpan.TicksPerMillisecond,
        };

        daily.Timing().After(Start).Select(time => DateTimeOffset.FromUnixTimeMilliseconds(time.AtMs).Day).ShouldBe([2, 3, 8, 9, 10]);
    }

    [Test]
    public void An_interval_of_a_second_goes_on_after_days_that_a_calendar_leaves_out()
    {
        // Saturday and Sunday have more seconds than anybody would count; it is Monday, 12:00.
        var schedule = Each() with { Cron = null, IntervalMs = 1_000, TimeZone = "Europe/Berlin", Calendar = new ScheduleCalendar(null, ["TUE", "WED", "THU", "FRI", "SAT", "SUN"], []) };
        var midnight = Start + (10 * 60 * Minute);

        schedule.Timing().After(midnight - 2_000).Take(2).Select(time => time.AtMs).ShouldBe([midnight - 1_000, midnight + (6 * 24 * 60 * Minute)]);
    }

    [Test]
    public void Nothing_fires_after_the_last_year()
    {
        var far = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

        (Each() with { StartMs = far }).Timing().Next(Start).ShouldBeNull();
        (Each() with { Cron = null, IntervalMs = 1_000, StartMs = far }).Timing().Next(Start).ShouldBeNull();
        var never = Each() with { Cron = null, IntervalMs = TimeSpan.FromDays(364).Ticks / TimeSpan.TicksPerMillisecond, Calendar = new ScheduleCalendar(null, ["MON"], []) };
        never.Timing().Next(Start).ShouldBeNull();
    }

    [Test]
    public void Jitter_is_the_same_everywhere_within_its_bound_and_different_from_time_to_time()
    {
        var schedule = Each() with { JitterMs = 30_000 };
        var delays = schedule.Timing().After(Start).Take(50).Select(time => time.DueMs - time.AtMs).ToList();

        delays.ShouldBe(schedule.Timing().After(Start).Take(50).Select(time => time.DueMs - time.AtMs));
        delays.ShouldAllBe(delay => delay >= 0 && delay <= 30_000);
        delays.Distinct().Count().ShouldBeGreaterThan(10);
    }

    [Test]
    public void It_is_kept_as_it_was_written()
    {
        var schedule = Each() with { Calendar = new ScheduleCalendar("works", ["SUN"], []), Tags = ["a"], Pause = new SchedulePause("x", 5, "ops", 1) };

        var read = Schedule.Read(schedule.ToBytes());

        read.ToBytes().ShouldBe(schedule.ToBytes());
        read.IsTimedAs(schedule).ShouldBeTrue();
        read.IsTimedAs(schedule with { Cron = "1 * * * * ?" }).ShouldBeFalse();
    }

    private static FirePlan Plan(Schedule schedule, ScheduleRuns? runs, long now) => ScheduleRules.Plan(schedule, runs, now, Limits, _ => false);

    private static Schedule Each() => new()
    {
        ScheduleId = "s",
        CommandType = "SendNotification",
        Data = JsonDocument.Parse("""{"user_id":"ada"}""").RootElement,
        Cron = "0 * * * * ?",
        FromMs = Start,
        CreatedMs = Start,
    };
}
