using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Domain.Schedules;
using Workers.Engine.Control;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Workers.Scheduler;

namespace Workers.Tests.Schedules;

/// <summary>The scheduler with the commands that it sends, on a clock that stands until it is moved.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ScheduleClockTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly CommandEngine _engine = new();
    private readonly EngineMeter _meter = new();
    private readonly HandTriggers _triggers;
    private readonly ScheduleFiring _firing;
    private readonly ScheduleClock _clock;

    public ScheduleClockTests()
    {
        _triggers = new HandTriggers(_engine.Clock);
        _firing = new ScheduleFiring(_engine.Log, _engine.Clock);
        _clock = new ScheduleClock(
            _engine.Control, _engine.Store, _firing, _triggers, new SchedulerOptions(), _engine.Clock, _meter, NullLogger<ScheduleClock>.Instance);
        _firing.Fired = _clock.FiredAsync;
    }

    public void Dispose()
    {
        _clock.Dispose();
        _meter.Dispose();
        _engine.Dispose();
    }

    [Test]
    public async Task Without_schedules_nothing_is_started()
    {
        await LookAsync();

        _triggers.IsStarted.ShouldBeFalse();
    }

    [Test]
    public async Task Each_time_fires_once_as_it_comes()
    {
        await CreateAsync("s", "0 * * * * ?");

        await PassAsync(Minute * 5);

        Fired("s").ShouldBe([1, 2, 3, 4, 5]);
        Commands("s").ShouldAllBe(state => state == CommandState.Succeeded);
        Counted().ShouldBe((5, 0));
        _triggers.Due["s"].ShouldBe(Ms(6));
    }

    [Test]
    public async Task Times_that_went_by_while_nobody_looked_are_missed_once()
    {
        await CreateAsync("s", "0 * * * * ?");
        await PassAsync(Minute * 2);

        _engine.Clock.Advance(TimeSpan.FromMinutes(10.2));
        await _triggers.FireAsync(_firing);
        _engine.Run();
        await LookAsync();
        await PassAsync(Minute * 2);

        Fired("s").ShouldBe([1, 2, 11, 12, 13, 14]);
        Runs("s").Misfired.ShouldBe(9);
        Counted().ShouldBe((6, 9));
    }

    [Test]
    public async Task What_a_trigger_has_lost_is_said_by_who_looks()
    {
        await CreateAsync("s", "0 * * * * ?");
        _engine.Clock.Advance(TimeSpan.FromSeconds(70));
        _triggers.Lose();

        await LookAsync();
        _engine.Run();

        Fired("s").ShouldBe([1]);
        await PassAsync(Minute);
        Fired("s").ShouldBe([1, 2]);
    }

    [Test]
    public async Task A_schedule_that_nobody_executes_is_told_of_and_not_said_again_and_again()
    {
        await CreateAsync("s", "0 0 * * * ?");
        _engine.Clock.Advance(Minute * 60);
        var before = await EndAsync();

        for (var look = 0; look < 360; look++)
        {
            _engine.Clock.Advance(TimeSpan.FromSeconds(10));
            await _triggers.FireAsync(_firing);
            await LookAsync();
        }

        // The first time by the trigger; then whenever it is twice as late, and once for the next hour.
        (await EndAsync() - before).ShouldBeInRange(5, 15);
        _clock.AgeSeconds.ShouldBe(3_600);
        _engine.Run();
        await LookAsync();
        _clock.AgeSeconds.ShouldBe(0);
        Fired("s").ShouldBe([60, 120]);
    }

    [Test]
    public async Task While_schedules_cannot_be_looked_at_the_age_of_what_is_due_grows()
    {
        await CreateAsync("s", "0 * * * * ?");
        _triggers.IsAway = true;
        _engine.Clock.Advance(Minute * 3);

        await _clock.LookSafelyAsync(CancellationToken.None);

        _clock.AgeSeconds.ShouldBe(120);
    }

    [Test]
    public async Task A_clock_that_is_put_back_an_hour_fires_nothing_twice()
    {
        await CreateAsync("s", "0 * * * * ?");
        await PassAsync(Minute * 3);

        _engine.Clock.Advance(-Minute * 60);
        await LookAsync();
        await PassAsync(Minute * 60);
        Fired("s").ShouldBe([1, 2, 3]);
        await PassAsync(Minute * 2);

        Fired("s").ShouldBe([1, 2, 3, 4, 5]);
        Commands("s").Count.ShouldBe(5);
    }

    [Test]
    public async Task A_deleted_schedule_fires_no_more_and_one_that_is_made_again_begins_anew_also_by_a_clock_that_was_put_back()
    {
        await CreateAsync("s", "0 * * * * ?");
        await PassAsync(Minute * 3);
        await _engine.RunAsync(new DeleteSchedule { ScheduleId = "s" });
        await LookAsync();
        _triggers.Due.ShouldBeEmpty();
        _engine.StateOf(ScheduleRuns.Kind, "s").ShouldBeNull();
        await PassAsync(Minute * 3);
        Counted().Fired.ShouldBe(3);

        _engine.Clock.Advance(-Minute * 60);
        await CreateAsync("s", "0 * * * * ?");
        await PassAsync(Minute * 2);

        Runs("s").Fired.ShouldBe(2);
        Counted().Fired.ShouldBe(5);
    }

    [Test]
    public async Task A_pause_takes_the_trigger_away_and_a_change_moves_it()
    {
        await CreateAsync("s", "0 * * * * ?");
        await _engine.RunAsync(new PauseSchedule { ScheduleId = "s", Reason = "stocktaking" });
        await LookAsync();
        _triggers.Due.ShouldBeEmpty();
        await PassAsync(Minute * 5);

        await _engine.RunAsync(new ResumeSchedule { ScheduleId = "s" });
        await _engine.RunAsync(new UpdateSchedule { ScheduleId = "s", Definition = Definition("s", "30 * * * * ?") });
        await PassAsync(Minute);

        Runs("s").Runs.Select(run => run.AtMs - Ms(0)).ShouldBe([330_000]);
    }

    [TestCase("30 * * * * ?", 1, "ada")]
    [TestCase("0 * * * * ?", 2, "bob")]
    public async Task What_it_executes_is_sent_by_who_has_said_what(string cron, int price, string sender)
    {
        await SayAsync(new CreateSchedule { ScheduleId = "s", Definition = Definition("s", "0 * * * * ?") }, "ada");
        await SayAsync(new UpdateSchedule { ScheduleId = "s", Definition = Definition("s", cron, price) }, "bob");
        await SayAsync(new UpdateSchedule { ScheduleId = "s", Definition = Definition("s", cron, price) }, "eve");
        await LookAsync();

        await PassAsync(Minute);

        var schedule = Schedule.Read(_engine.State.FindControl(ControlKinds.Schedule, "s")!.Data!);
        (schedule.By, schedule.Sender).ShouldBe(("ada", sender));
        _engine.Flushes.SelectMany(flush => flush.Outgoing).Single(record => record.Headers.Get(HeaderName.Type) == nameof(CreateProduct)).Headers.Get(HeaderName.Source).ShouldBe(sender);
    }

    [Test]
    public async Task Two_schedulers_say_the_same_once()
    {
        await CreateAsync("s", "0 * * * * ?");
        _engine.Clock.Advance(Minute);
        await _firing.FireAsync("s", Ms(1), CancellationToken.None);
        await _firing.FireAsync("s", Ms(1), CancellationToken.None);

        _engine.Start();
        _engine.Run();

        Fired("s").ShouldBe([1]);
    }

    // The fixture's clock begins at a full hour.
    private readonly long _startMs = new Time.FakeTimeProvider().GetUtcNow().ToUnixTimeMilliseconds();

    private long Ms(int minutes) => _startMs + (minutes * 60_000L);

    private async Task CreateAsync(string id, string cron)
    {
        (await _engine.RunAsync(new CreateSchedule { ScheduleId = id, Definition = Definition(id, cron) })).State.ShouldBe(CommandState.Succeeded);
        await LookAsync();
    }

    private Task SayAsync(ICommand command, string caller) => _engine.RunAsync(_engine.Record(command, (HeaderName.Source, caller)));

    private static Dictionary<string, JsonElement> Definition(string id, string cron, int price = 1)
    {
        var schedule = new Schedule
        {
            ScheduleId = id,
            CommandType = nameof(CreateProduct),
            Data = JsonDocument.Parse($$"""{"product_id":"{{Guid.NewGuid()}}","name":"A product","price":{{price}}}""").RootElement,
            KeyMember = "product_id",
            Cron = cron,
        };
        return JsonDocument.Parse(schedule.ToBytes()).RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value);
    }

    private async Task PassAsync(TimeSpan time)
    {
        for (var until = _engine.Clock.GetUtcNow() + time; _engine.Clock.GetUtcNow() < until;)
        {
            _engine.Clock.Advance(TimeSpan.FromSeconds(10));
            await _triggers.FireAsync(_firing);
            _engine.Run();
            await LookAsync();
        }
    }

    private Task LookAsync() => _clock.LookAsync(CancellationToken.None);

    private async Task<long> EndAsync() => (await _engine.Log.EndsAsync(Topics.Commands, CancellationToken.None))[0];

    private ScheduleRuns Runs(string id) => ScheduleRuns.Read(_engine.StateOf(ScheduleRuns.Kind, id)!.Data.Span);

    /// <summary>The minutes, from the start, of the times that have made a command, in their order.</summary>
    private IEnumerable<long> Fired(string id) => Runs(id).Runs.Where(run => run.CommandId is not null).Select(run => (run.AtMs - _startMs) / 60_000).Reverse();

    private List<CommandState?> Commands(string id) => [.. Runs(id).Runs.Select(run => _engine.OutcomeOf(Guid.Parse(run.CommandId!))?.State)];

    /// <summary>What the meters are told: commands that were appended, times that were missed.</summary>
    private (int Fired, int Missed) Counted()
    {
        var told = _engine.Flushes.SelectMany(flush => flush.Outcomes).Select(write => write.Schedule).OfType<ScheduleFigures>().ToList();
        return (told.Sum(one => one.DelaysMs.Count), told.Sum(one => one.Missed));
    }
}
