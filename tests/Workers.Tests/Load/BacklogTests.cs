using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Limits;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Workers.Tests.Time;

namespace Workers.Tests.Load;

/// <summary>What waits in the log, how long it has waited and how long it will take, by ends and positions alone.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class BacklogTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ShownLog _log = new();

    [Test]
    public async Task What_no_group_has_taken_waits()
    {
        _log.Ends[Topics.Commands] = [10, 5];
        _log.Ends[Topics.Flows] = [2, 0];
        _log.Position("commands", Topics.Commands, 0, 7);

        (await LookAsync(Apart())).Records.ShouldBe(3 + 5 + 2);
    }

    [Test]
    public async Task Where_offsets_are_shared_each_is_counted_once()
    {
        _log.Ends[Topics.Commands] = [100, 90];
        _log.Ends[Topics.Flows] = [20, 95];
        _log.Position("commands", Topics.Commands, 0, 40);
        _log.Position("commands", Topics.Commands, 1, 60);
        _log.Position("sagas", Topics.Flows, 0, 10);
        _log.Position("sagas", Topics.Flows, 1, 95);

        (await LookAsync(Shared())).Records.ShouldBe((100 - 40) + (20 - 10));
    }

    [Test]
    public async Task What_a_worker_has_come_past_does_not_wait_though_no_position_says_so()
    {
        _log.Ends[Topics.Commands] = [10, 0];
        var report = new WorkerReport("host", 1, "", [], WorkerReport.Working, 0, 0, [new ServedPartition("commands", Topics.Commands, 0, 10, 0, 0)], [], []);
        _log.Workers.Add(new WorkerRow("w", 0, 0, report.ToBytes()));
        (await LookAsync(Apart())).ShouldBe(BacklogSize.None);

        _log.Workers[0] = _log.Workers[0] with { AgeMs = 60_000 };
        (await LookAsync(Apart())).Records.ShouldBe(10);
    }

    [Test]
    public async Task A_halted_partition_waits_for_its_operator_and_is_not_counted()
    {
        _log.Ends[Topics.Commands] = [10, 4];
        _log.Position("commands", Topics.Commands, 0, 0, isHalted: true);

        (await LookAsync(Apart())).Records.ShouldBe(4);
    }

    [Test]
    public async Task The_oldest_is_as_old_as_the_last_look_without_it()
    {
        var backlog = Apart();
        await LookAsync(backlog);
        for (var second = 1; second <= 30; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            _log.Ends[Topics.Commands][0] = second;
            await LookAsync(backlog);
        }

        backlog.Size.Oldest.ShouldBe(TimeSpan.FromSeconds(30));
        _log.Position("commands", Topics.Commands, 0, 20);
        (await LookAsync(backlog)).Oldest.ShouldBe(TimeSpan.FromSeconds(10));
        _clock.Advance(TimeSpan.FromHours(2));
        (await LookAsync(backlog)).Oldest.ShouldBe(TimeSpan.FromHours(2) + TimeSpan.FromSeconds(10));
        _log.Position("commands", Topics.Commands, 0, 30);
        (await LookAsync(backlog)).Oldest.ShouldBe(TimeSpan.Zero);
    }

    [Test]
    public async Task What_was_there_at_the_first_look_is_as_old_as_that_at_least()
    {
        _log.Ends[Topics.Commands][0] = 7;
        var backlog = Apart();
        await LookAsync(backlog);
        _clock.Advance(TimeSpan.FromMinutes(6));

        (await LookAsync(backlog)).Oldest.ShouldBe(TimeSpan.FromMinutes(6));
    }

    [Test]
    public async Task A_partition_that_nobody_reads_ages_to_half_its_exactness_at_least_however_long_it_grows()
    {
        var backlog = Apart();
        await LookAsync(backlog);
        for (var second = 1; second <= 5_000; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            _log.Ends[Topics.Commands][0] = second;
            await LookAsync(backlog);
        }

        backlog.Size.Oldest.ShouldBe(TimeSpan.FromSeconds(5_000));
        _log.Position("commands", Topics.Commands, 0, 4_000);
        (await LookAsync(backlog)).Oldest.ShouldBeInRange(TimeSpan.FromSeconds(1_000), TimeSpan.FromSeconds(1_016));
    }

    [Test]
    public async Task It_takes_as_long_as_it_goes_now([Values] bool shared)
    {
        _log.Ends[Topics.Flows] = [0, 0];
        var backlog = shared ? Shared() : Apart();
        await LookAsync(backlog);
        for (var second = 1; second <= 60; second++)
        {
            // A hundred come, forty are executed.
            _clock.Advance(TimeSpan.FromSeconds(1));
            _log.Ends[Topics.Commands][0] = 100 * second;
            _log.Position("commands", Topics.Commands, 0, 40 * second);
            await LookAsync(backlog);
        }

        backlog.Size.Records.ShouldBe(3_600);
        backlog.Size.PerSecond.ShouldBe(40, 0.01);
        backlog.Size.Drain.ShouldBe(TimeSpan.FromSeconds(90));
    }

    [Test]
    public async Task A_standstill_that_has_ended_does_not_count()
    {
        var backlog = Apart();
        _log.Ends[Topics.Commands][0] = 100_000;
        for (var second = 1; second <= 40; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await LookAsync(backlog);
        }

        backlog.Size.Drain.ShouldBe(TimeSpan.Zero, "nothing is executed: the age alone says so");
        for (var second = 1; second <= 5; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            _log.Position("commands", Topics.Commands, 0, 1_000 * second);
            await LookAsync(backlog);
        }

        backlog.Size.PerSecond.ShouldBe(1_000, 0.01);
        backlog.Size.Drain.ShouldBe(TimeSpan.FromSeconds(95));
    }

    [Test]
    public async Task A_handful_that_came_this_moment_takes_no_time()
    {
        var backlog = Apart();
        for (var second = 1; second <= 60; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            _log.Ends[Topics.Commands][0] = second;
            _log.Position("commands", Topics.Commands, 0, second);
            await LookAsync(backlog);
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        _log.Ends[Topics.Commands][0] = 5_000;
        (await LookAsync(backlog)).Drain.ShouldBe(TimeSpan.Zero);
    }

    [Test]
    public async Task What_was_seen_last_stays_while_nothing_can_be_seen()
    {
        _log.Ends[Topics.Commands] = [10, 0];
        var backlog = Apart();
        await LookAsync(backlog);
        _log.IsAway = true;

        await Should.ThrowAsync<LogUnavailableException>(() => backlog.LookAsync(CancellationToken.None));

        backlog.Size.Records.ShouldBe(10);
    }

    private Backlog Apart() => new(_log, _log, _log, _clock, sharesOffsets: false);

    private Backlog Shared() => new(_log, _log, _log, _clock, sharesOffsets: true);

    private static async Task<BacklogSize> LookAsync(Backlog backlog)
    {
        await backlog.LookAsync(CancellationToken.None);
        return backlog.Size;
    }
}
