using NUnit.Framework;
using Shouldly;
using Workers.Engine.Pump;
using Workers.Engine.Store;

namespace Workers.Tests.Pump;

/// <summary>A partition whose owner before ended uncleanly where its marks cannot be read: on another machine.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class UnknownEndTests
{
    [Test]
    public async Task A_record_that_ends_every_worker_is_a_dead_letter_after_its_third_start_elsewhere()
    {
        using var pump = new PumpFixture { Elsewhere = true };
        await pump.AppendAsync("a", "killer", "b");
        for (var death = 0; death < 4; death++)
        {
            // The first end is in a batch, of which nobody learns; then three that were noted.
            pump.Script.Keys["killer"] = _ => throw new ProcessEnded();
            Should.Throw<ProcessEnded>(() => RunAndWait(pump));
            pump.Start();
        }

        pump.Run();
        pump.Script.GivenUp.ShouldBe(["killer:killed_worker"]);
        (pump.Count("a"), pump.Count("b"), pump.Count("killer")).ShouldBe((1, 1, 0));
    }

    [Test]
    public async Task Nothing_of_the_partition_runs_before_the_suspect_which_waits_a_second()
    {
        using var pump = new PumpFixture { Elsewhere = true };
        pump.Start();
        pump.Script.Keys["a"] = _ => throw new ProcessEnded();
        await pump.AppendAsync("a", "b");
        Should.Throw<ProcessEnded>(pump.Run);
        pump.Start();

        pump.Run();
        pump.Script.Executed.ShouldBeEmpty();
        pump.RunAfter(TimeSpan.FromSeconds(1));
        pump.Script.Executed.ShouldBe(["a#1", "b#1"]);
        pump.Script.GivenUp.ShouldBeEmpty();
        (pump.Count("a"), pump.Count("b")).ShouldBe((1, 1));
    }

    [Test]
    public async Task A_start_that_only_the_store_has_failed_does_not_count()
    {
        using var pump = new PumpFixture { Elsewhere = true };
        var away = 5;
        pump.Start();
        pump.Script.Keys["a"] = _ => away-- > 0 ? throw new StoreUnavailableException("away") : Execution.Done;
        await pump.AppendAsync("a", "b");
        for (var turn = 0; turn < 10; turn++)
        {
            pump.RunAfter(TimeSpan.FromSeconds(1));
        }

        pump.Script.GivenUp.ShouldBeEmpty();
        (pump.Count("a"), pump.Count("b")).ShouldBe((1, 1));
    }

    [Test]
    public async Task A_record_whose_flush_is_refused_each_time_is_a_dead_letter_although_its_start_was_written()
    {
        using var pump = new PumpFixture { Elsewhere = true };
        pump.Start();
        pump.Script.Refused.Add("bad");
        await pump.AppendAsync("a", "bad", "b");
        for (var turn = 0; turn < 10; turn++)
        {
            pump.RunAfter(TimeSpan.FromSeconds(1));
        }

        pump.Script.GivenUp.ShouldBe(["bad:flush_failed"]);
        (pump.Count("a"), pump.Count("b")).ShouldBe((1, 1));
    }

    [Test]
    public async Task A_suspect_that_runs_and_whose_flush_is_refused_each_time_is_a_dead_letter_too()
    {
        using var pump = new PumpFixture { Elsewhere = true };
        pump.Start();
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

    [Test]
    public async Task After_so_many_records_that_run_singly_batches_come_back()
    {
        using var pump = new PumpFixture(new PumpOptions { ProbeRecords = 3 }) { Elsewhere = true };
        pump.Start();
        await pump.AppendAsync("a", "b", "c", "d", "e");
        var batches = new List<int>();
        pump.Script.Prepared = batches.Add;

        pump.Run();

        batches.ShouldBe([1, 1, 1, 2]);
    }

    [Test]
    public async Task After_an_orderly_release_nothing_is_noted()
    {
        using var pump = new PumpFixture { Elsewhere = true };
        pump.Release();
        pump.Start();
        await pump.AppendAsync("a", "b", "c");
        var batches = new List<int>();
        pump.Script.Prepared = batches.Add;

        pump.Run();

        batches.ShouldBe([3]);
    }

    private static void RunAndWait(PumpFixture pump)
    {
        pump.Run();
        pump.RunAfter(pump.Options.RetryDelays[1]);
    }

    private sealed class ProcessEnded : Exception;
}
