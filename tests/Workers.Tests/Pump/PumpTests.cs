using NUnit.Framework;
using Shouldly;
using Workers.Engine.Pump;
using Workers.Engine.Store;

namespace Workers.Tests.Pump;

[Parallelizable(ParallelScope.All)]
internal sealed class PumpTests
{
    [Test]
    public async Task Records_are_executed_once_in_their_order()
    {
        using var pump = new PumpFixture();
        await pump.AppendAsync("a", "b", "a");
        pump.Run();
        pump.Script.Executed.ShouldBe(["a#1", "b#1", "a#1"]);
        pump.Start();
        pump.Run();
        pump.Script.Executed.ShouldBeEmpty();
        pump.Count("a").ShouldBe(2);
    }

    [Test]
    public async Task A_failing_record_blocks_its_own_key_only_and_what_is_behind_it_keeps_its_order()
    {
        using var pump = new PumpFixture();
        pump.Script.Keys["a"] = item => item.Attempt < 2 ? Execution.Retry(new TimeoutException("not now")) : Execution.Done;
        await pump.AppendAsync("a", "a", "b", "a");
        pump.Run();
        pump.Script.Executed.ShouldBe(["a#1", "b#1"]);
        pump.Count("a").ShouldBe(0, "what a failed attempt staged is dropped");
        pump.Script.Keys.Clear();
        pump.RunAfter(TimeSpan.FromSeconds(2));
        pump.Script.Executed.ShouldBe(["a#1", "b#1", "a#2", "a#1", "a#1"]);
        pump.Count("a").ShouldBe(3);
        pump.State.Parked(PumpFixture.Group, pump.Partition, long.MinValue, 10).ShouldBeEmpty();
    }

    [Test]
    public async Task Attempts_come_after_the_policys_delays_and_when_they_are_used_up_the_record_is_a_dead_letter_and_its_key_goes_on()
    {
        using var pump = new PumpFixture();
        var fail = true;
        pump.Script.Keys["a"] = _ => fail ? Execution.Retry(new TimeoutException("never")) : Execution.Done;
        await pump.AppendAsync("a", "a");
        pump.Run();
        foreach (var delay in pump.Options.RetryDelays)
        {
            pump.RunAfter(delay * 0.8);
            var before = pump.Script.Executed.Count;
            fail = delay != pump.Options.RetryDelays[^1] || before < 6;
            pump.RunAfter(delay * 0.4);
            pump.Script.Executed.Count.ShouldBeGreaterThan(before, $"an attempt is due after {delay}");
        }

        pump.Script.GivenUp.ShouldBe(["a:attempts_used_up"]);
        var letter = pump.State.DeadLetters(new DeadLetterFilter(Key: "a"), null, 10).ShouldHaveSingleItem();
        (letter.Attempts, letter.ErrorType, letter.Message, letter.Reason).ShouldBe((6, "TimeoutException", "never", "attempts_used_up"));
        letter.Record.Value.ToArray().ShouldBe("{}"u8.ToArray());
        pump.Script.Executed[^1].ShouldBe("a#1", "the record behind it had its first attempt");
    }

    [Test]
    public async Task Poison_is_a_dead_letter_at_once()
    {
        using var pump = new PumpFixture();
        pump.Script.Keys["a"] = _ => Execution.Poison("poison", new FormatException("unreadable"));
        await pump.AppendAsync("a", "b");
        pump.Run();
        pump.Script.GivenUp.ShouldBe(["a:poison"]);
        pump.Count("b").ShouldBe(1);
        pump.Count("a").ShouldBe(0);
    }

    [Test]
    public async Task A_record_that_fails_behind_the_last_that_waited_of_its_key_waits_too()
    {
        using var pump = new PumpFixture();
        var first = await pump.AppendOneAsync("a", "Test", door: null);
        pump.Script.Keys["a"] = item => item.Attempt > 1 && item.Record.Id == first.Id ? Execution.Done : Execution.Retry(new TimeoutException("not now"));
        pump.Run();
        await pump.AppendAsync("a");

        pump.RunAfter(TimeSpan.FromSeconds(2));
        pump.Script.Executed.ShouldBe(["a#1", "a#2", "a#1"], "the second of them is tried again after the policy's delay");

        pump.RunAfter(TimeSpan.FromSeconds(2));
        pump.Script.Executed.ShouldBe(["a#1", "a#2", "a#1", "a#2"]);
    }

    [Test]
    public async Task A_timer_is_sent_when_it_is_due_although_there_is_always_more_to_execute()
    {
        using var pump = new PumpFixture(new PumpOptions { BatchRecords = 1 }) { Holds = true };
        pump.Start();
        var message = pump.Record("timer", "Test", door: null);
        pump.Script.Timers["a"] = new TimerWrite(message.Id, pump.Clock.GetUtcNow().AddSeconds(1).ToUnixTimeMilliseconds(), message);
        await pump.AppendAsync(["a", .. Enumerable.Repeat("b", 20)]);
        pump.FillAndStep();
        pump.FillAndStep();
        pump.Script.Executed.Count.ShouldBe(2, "while no timer is due, one batch is executed while the one before is written");
        pump.Clock.Advance(TimeSpan.FromSeconds(1));

        for (var turn = 0; turn < 10; turn++)
        {
            await pump.Held.TellAsync();
            pump.FillAndStep();
        }

        pump.Held.Flushes.SelectMany(flush => flush.TimersDone).ShouldBe([message.Id]);
        pump.Script.Executed.Count.ShouldBeLessThan(21);
    }

    [Test]
    public async Task Parked_records_are_found_again_by_the_next_owner()
    {
        using var pump = new PumpFixture();
        pump.Script.Keys["a"] = _ => Execution.Retry(new TimeoutException("not now"));
        await pump.AppendAsync("a", "a");
        pump.Run();
        pump.Release();
        pump.Start();
        pump.Run();
        pump.Script.Executed.ShouldBeEmpty("it is not due yet");
        pump.RunAfter(TimeSpan.FromSeconds(2));
        pump.Script.Executed.ShouldBe(["a#2", "a#1"]);
    }

    [Test]
    public async Task When_the_store_is_away_the_batch_is_abandoned_and_no_attempt_is_counted()
    {
        using var pump = new PumpFixture();
        var away = true;
        pump.Script.Keys["b"] = _ => away ? throw new StoreUnavailableException("away") : Execution.Done;
        await pump.AppendAsync("a", "b");
        pump.Run();
        pump.Count("a").ShouldBe(0);
        away = false;
        pump.RunAfter(TimeSpan.FromSeconds(1));
        (pump.Count("a"), pump.Count("b")).ShouldBe((1, 1));
        pump.Script.Executed[^1].ShouldBe("b#1");
    }

    [Test]
    public async Task A_record_in_which_the_process_ended_three_times_is_a_dead_letter_and_what_is_behind_it_goes_on()
    {
        using var pump = new PumpFixture();
        await pump.AppendAsync("a", "killer", "killer", "b");
        for (var death = 0; death < 3; death++)
        {
            pump.Script.Keys["killer"] = _ => throw new ProcessEnded();
            Should.Throw<ProcessEnded>(() => RunAndWait(pump));
            pump.Start();
        }

        pump.Run();
        pump.Script.GivenUp.ShouldBe(["killer:killed_worker"]);
        (pump.Count("a"), pump.Count("b"), pump.Count("killer")).ShouldBe((1, 1, 1));
        pump.State.Parked(PumpFixture.Group, pump.Partition, long.MinValue, 10).ShouldBeEmpty();
    }

    [Test]
    public async Task A_record_is_not_blamed_for_an_end_that_came_while_its_flush_was_on_its_way()
    {
        using var pump = new PumpFixture();
        for (var death = 0; death < 10; death++)
        {
            await pump.AppendAsync("a", "b");
            pump.Start();
            pump.FillAndStep();
        }

        pump.Start();
        pump.Run();
        pump.Script.GivenUp.ShouldBeEmpty();
        (pump.Count("a"), pump.Count("b")).ShouldBe((10, 10));
    }

    [Test]
    public async Task A_record_in_which_the_process_ended_once_waits_a_second_and_is_executed()
    {
        using var pump = new PumpFixture();
        pump.Script.Keys["a"] = _ => throw new ProcessEnded();
        await pump.AppendAsync("a", "b", "a");
        Should.Throw<ProcessEnded>(pump.Run);
        pump.Start();
        pump.Run();
        pump.Script.Executed.ShouldBe(["b#1"]);
        pump.RunAfter(TimeSpan.FromSeconds(1));
        pump.Script.Executed.ShouldBe(["b#1", "a#1", "a#1"], "being set aside is no attempt");
        pump.Script.GivenUp.ShouldBeEmpty();
    }

    [Test]
    public async Task After_an_end_with_a_batch_in_hand_its_records_run_singly_until_the_one_to_blame_is_known()
    {
        using var pump = new PumpFixture();
        await pump.AppendAsync("a", "killer", "b");
        for (var death = 0; death < 4; death++)
        {
            pump.Script.Prepares = item => _ = item.Record.Key == "killer" ? throw new ProcessEnded() : item;
            Should.Throw<ProcessEnded>(() => RunAndWait(pump));
            pump.Start();
        }

        pump.Run();
        pump.Script.GivenUp.ShouldBe(["killer:killed_worker"]);
        (pump.Count("a"), pump.Count("b")).ShouldBe((1, 1));
    }

    [Test]
    public async Task A_record_whose_flush_is_refused_each_time_is_a_dead_letter_that_says_so()
    {
        using var pump = new PumpFixture();
        pump.Script.Refused.Add("bad");
        await pump.AppendAsync("a", "bad", "b");
        for (var turn = 0; turn < 10; turn++)
        {
            pump.RunAfter(TimeSpan.FromSeconds(1));
        }

        pump.Script.GivenUp.ShouldBe(["bad:flush_failed"]);
        var letter = pump.State.DeadLetters(new DeadLetterFilter(Key: "bad"), null, 10).ShouldHaveSingleItem();
        (letter.Reason, letter.ErrorType).ShouldBe(("flush_failed", "FlushFailedException"));
        (pump.Count("a"), pump.Count("b")).ShouldBe((1, 1));
    }

    [Test]
    public async Task Of_a_flush_that_is_refused_no_other_record_is_blamed()
    {
        using var pump = new PumpFixture();
        pump.Script.Refused.Add("bad");
        pump.Script.Keys["waits"] = item => item.Attempt < 2 ? Execution.Retry(new TimeoutException("not now")) : Execution.Done;
        await pump.AppendAsync("waits");
        pump.Run();
        await pump.AppendAsync("bad");
        pump.Run();
        for (var alone = 0; alone < 3; alone++)
        {
            pump.RunAfter(TimeSpan.FromMilliseconds(200));
        }

        pump.Script.Executed.ShouldBe(["waits#1", "bad#1", "bad#1", "bad#1", "bad#1"]);
        pump.RunAfter(TimeSpan.FromSeconds(1));

        pump.Script.GivenUp.ShouldBe(["bad:flush_failed"]);
        pump.Count("waits").ShouldBe(1);
    }

    [Test]
    public async Task A_record_in_which_the_process_ended_once_and_whose_flush_is_refused_each_time_is_a_dead_letter_too()
    {
        using var pump = new PumpFixture();
        pump.Script.Keys["bad"] = _ => throw new ProcessEnded();
        await pump.AppendAsync("bad", "b");
        Should.Throw<ProcessEnded>(pump.Run);
        pump.Start();
        pump.Script.Refused.Add("bad");
        for (var turn = 0; turn < 20; turn++)
        {
            pump.RunAfter(TimeSpan.FromSeconds(1));
        }

        pump.Script.GivenUp.ShouldBe(["bad:flush_failed"]);
        pump.Count("b").ShouldBe(1);
    }

    /// <summary>Also what was set aside.</summary>
    private static void RunAndWait(PumpFixture pump)
    {
        pump.Run();
        pump.RunAfter(pump.Options.RetryDelays[1]);
    }

    private sealed class ProcessEnded : Exception;
}
