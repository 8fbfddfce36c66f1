using Microsoft.Extensions.Logging;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Engine.Dispatch;
using Workers.Engine.Effects;
using Workers.Tests.Telemetry;
using Workers.Tests.Time;
using static Workers.Tests.Effects.EffectsHarness;

namespace Workers.Tests.Effects;

[Parallelizable(ParallelScope.All)]
public sealed class EffectRetryTests
{
    [Test]
    public async Task A_failed_attempt_is_made_again_after_the_policys_delay()
    {
        var clock = new FakeTimeProvider();
        using var harness = new EffectsHarness(clock);
        var handler = new ScriptedHandler((e, c, _) => c.Attempt < 3 ? throw new TimeoutException("slow") : Task.FromResult(ScriptedHandler.Approved(e)));
        harness.Start(handler);
        var started = clock.GetUtcNow();
        await harness.AppendAsync(Charge("p1"));

        var row = await harness.RetryAsync();
        (row.Attempts, row.ErrorType, row.Error).ShouldBe((1, nameof(TimeoutException), "slow"));
        Wait(row, clock).ShouldBeInRange(900, 1_100);
        clock.Advance(TimeSpan.FromMilliseconds(Wait(row, clock)));
        row = await harness.RetryAsync();
        row.Attempts.ShouldBe(2);
        Wait(row, clock).ShouldBeInRange(4_500, 5_500);
        clock.Advance(TimeSpan.FromMilliseconds(Wait(row, clock)));
        await harness.ResultAsync();

        handler.Calls.Select(c => c.Context.Attempt).ShouldBe([1, 2, 3]);
        handler.Calls.Select(c => c.Context.FirstStarted).Distinct().ShouldBe([started]);
        handler.Calls.Select(c => c.Context.IdempotencyKey).Distinct().ShouldBe(["e1"]);
        harness.Commands().ShouldHaveSingleItem();
    }

    [Test]
    public async Task Later_effects_of_the_key_wait_and_those_of_other_keys_do_not()
    {
        var clock = new FakeTimeProvider();
        using var harness = new EffectsHarness(clock);
        var handler = new ScriptedHandler((e, c, _) =>
            e.EffectId == "e1" && c.Attempt == 1 ? throw new TimeoutException() : Task.FromResult(ScriptedHandler.Approved(e)));
        harness.Start(handler);

        await harness.AppendAsync(Charge("p1", "e1"), Charge("p1", "e2"), Charge("p2", "other"));
        await harness.CommitAsync(f => f.Outgoing.Exists(c => Read(c).EffectId == "other"));
        handler.Calls.ShouldNotContain(c => c.Effect.EffectId == "e2");
        clock.Advance(TimeSpan.FromSeconds(2));
        await harness.CommitAsync(f => f.Outgoing.Exists(c => Read(c).EffectId == "e2"));

        harness.Commands().Select(c => Read(c).EffectId).ShouldBe(["other", "e1", "e2"]);
    }

    [Test]
    public async Task A_failed_attempt_is_one_line_with_its_cause_and_its_stack_is_at_debug()
    {
        var (clock, lines) = (new FakeTimeProvider(), new KeptLines());
        using var harness = new EffectsHarness(clock, logger: lines);
        harness.Start(new ScriptedHandler((_, _, _) => throw new TimeoutException("slow")));
        await harness.AppendAsync(Charge("p1"));

        _ = await harness.RetryAsync();

        var told = lines.All.Single(line => line.Level >= LogLevel.Warning);
        told.Error.ShouldBeNull();
        told.Text.ShouldContain("attempt 1");
        told.Text.ShouldEndWith("TimeoutException: slow");
        lines.All.Single(line => line.Level == LogLevel.Debug && line.Error is not null).Error.ShouldBeOfType<TimeoutException>();
    }

    [Test]
    public async Task A_handler_may_name_the_delay()
    {
        var clock = new FakeTimeProvider();
        using var harness = new EffectsHarness(clock);
        harness.Start(new ScriptedHandler((_, _, _) => throw new RetryLater("busy", TimeSpan.FromSeconds(40))));
        await harness.AppendAsync(Charge("p1"));

        var row = await harness.RetryAsync();

        row.Attempts.ShouldBe(1);
        Wait(row, clock).ShouldBeInRange(40_000, 48_000);
    }

    [Test]
    public async Task Where_nothing_was_sent_no_attempt_is_used_up_but_time_is()
    {
        var clock = new FakeTimeProvider();
        using var harness = new EffectsHarness(clock);
        var handler = new ScriptedHandler((_, _, _) => throw new EffectPostponed("circuit open", TimeSpan.FromSeconds(30)))
        {
            Tries = new EffectPolicy { Attempts = 1, Deadline = TimeSpan.FromSeconds(50) },
        };
        harness.Start(handler);
        await harness.AppendAsync(Charge("p1"));

        var row = await harness.RetryAsync();
        row.Attempts.ShouldBe(0);
        clock.Advance(TimeSpan.FromMilliseconds(Wait(row, clock)));
        row = await harness.RetryAsync();
        clock.Advance(TimeSpan.FromMilliseconds(Wait(row, clock)));
        var flush = await harness.ResultAsync();

        handler.Calls.Count.ShouldBe(2);
        Read(flush.Outgoing.Single()).Code.ShouldBe("DEADLINE_PASSED");
    }

    [Test]
    public async Task When_the_time_is_over_the_dead_letter_and_the_failed_result_are_one_flush()
    {
        var clock = new FakeTimeProvider();
        using var harness = new EffectsHarness(clock);
        var handler = new ScriptedHandler((_, _, _) => throw new TimeoutException("no answer"))
        {
            Tries = new EffectPolicy { Delays = [TimeSpan.FromMinutes(20)], Deadline = TimeSpan.FromMinutes(15) },
        };
        harness.Start(handler);
        var record = await harness.AppendAsync(Charge("p1"));

        var row = await harness.RetryAsync();
        Wait(row, clock).ShouldBe(15 * 60_000);
        clock.Advance(TimeSpan.FromMinutes(15));
        var flush = await harness.ResultAsync();

        handler.Calls.Count.ShouldBe(1);
        flush.ParkedDone.ShouldBe([record.Offset]);
        var letter = flush.DeadLetters.ShouldHaveSingleItem();
        (letter.Group, letter.Handler, letter.Reason, letter.Code, letter.Attempts).ShouldBe(
            (EffectsPump.Group, "ChargePayment", "attempts_used_up", "DEADLINE_PASSED", 1));
        (letter.LastMs - letter.FirstMs).ShouldBe(15 * 60_000);
        var result = Read(flush.Outgoing.Single());
        (result.Approved, result.Code, result.Reason).ShouldBe((false, "DEADLINE_PASSED", "no answer"));
        harness.Rows().ShouldBeEmpty();
    }

    [Test]
    public async Task Attempts_are_used_up_too()
    {
        var clock = new FakeTimeProvider();
        using var harness = new EffectsHarness(clock);
        var handler = new ScriptedHandler((_, _, _) => throw new TimeoutException()) { Tries = new EffectPolicy { Attempts = 2 } };
        harness.Start(handler);
        await harness.AppendAsync(Charge("p1"));

        clock.Advance(TimeSpan.FromMilliseconds(Wait(await harness.RetryAsync(), clock)));
        var flush = await harness.ResultAsync();

        handler.Calls.Count.ShouldBe(2);
        flush.DeadLetters.Single().Attempts.ShouldBe(2);
        Read(flush.Outgoing.Single()).Code.ShouldBe("ATTEMPTS_USED_UP");
    }

    [Test]
    public async Task An_attempt_that_hangs_is_a_failed_one()
    {
        var clock = new FakeTimeProvider();
        using var harness = new EffectsHarness(clock);
        var started = new TaskCompletionSource();
        var never = new TaskCompletionSource<ICommand>();
        harness.Start(new ScriptedHandler((_, _, _) =>
        {
            started.SetResult();
            return never.Task;
        }));
        await harness.AppendAsync(Charge("p1"));
        await started.Task.WaitAsync(TimeSpan.FromSeconds(60));

        clock.Advance(TimeSpan.FromMinutes(1));

        (await harness.RetryAsync()).Attempts.ShouldBe(1);
    }

    [TestCase("ChargePayment", "{", "unreadable")]
    [TestCase("ChargePayment", "{}", "unreadable")]
    [TestCase("Nonsense", "{}", "unknown_type")]
    [TestCase("RefundCharge", "{}", "unregistered")]
    public async Task What_cannot_be_executed_is_a_dead_letter_and_its_key_goes_on(string type, string json, string reason)
    {
        using var harness = new EffectsHarness();
        harness.Start(new ScriptedHandler((e, _, _) => Task.FromResult(ScriptedHandler.Approved(e))));

        await harness.AppendAsync("p1", type, System.Text.Encoding.UTF8.GetBytes(json));
        await harness.AppendAsync(Charge("p1", "next"));

        var letter = (await harness.CommitAsync(f => f.DeadLetters.Count > 0)).DeadLetters.Single();
        (letter.Reason, letter.Handler).ShouldBe((reason, type));
        await harness.CommitAsync(f => f.Outgoing.Exists(c => Read(c).EffectId == "next"));
    }

    private static long Wait(Engine.Store.ParkedRow row, TimeProvider clock) => row.DueMs - clock.GetUtcNow().ToUnixTimeMilliseconds();
}
