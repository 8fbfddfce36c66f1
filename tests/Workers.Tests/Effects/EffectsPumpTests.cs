using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using static Workers.Tests.Effects.EffectsHarness;

namespace Workers.Tests.Effects;

[Parallelizable(ParallelScope.All)]
public sealed class EffectsPumpTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Test]
    public async Task A_result_and_the_end_of_its_row_are_one_flush()
    {
        using var harness = new EffectsHarness();
        harness.Start(new ScriptedHandler((e, _, _) => Task.FromResult(ScriptedHandler.Approved(e))));
        var record = await harness.AppendAsync(Charge("p1"));

        var flush = await harness.ResultAsync();

        flush.ParkedDone.ShouldBe([record.Offset]);
        var command = flush.Outgoing.ShouldHaveSingleItem();
        (command.Topic, command.Key, command.Id).ShouldBe((Topics.Commands, "p1", Ids.Child(record.Id, 1)));
        command.Headers.Get(HeaderName.Type).ShouldBe(nameof(RecordCharge));
        command.Headers.Get(HeaderName.Source).ShouldBe("workers");
        command.Headers.Get(HeaderName.Door).ShouldBe("effect");
        command.Headers.Get(HeaderName.CorrelationId).ShouldBe("c-1");
        command.Headers.Get(HeaderName.CausationId).ShouldBe(record.Id.ToString());
        command.Headers.Get(HeaderName.TraceParent).ShouldBe("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        command.Headers.Get(HeaderName.Flow).ShouldBe("order/f-1");
        Read(command).Approved.ShouldBeTrue();
        harness.Commands().ShouldHaveSingleItem().Id.ShouldBe(command.Id);
        harness.Rows().ShouldBeEmpty();
    }

    [Test]
    public async Task Effects_of_a_key_are_executed_one_after_another()
    {
        using var harness = new EffectsHarness();
        using var one = new SemaphoreSlim(1);
        var handler = new ScriptedHandler(async (e, _, _) =>
        {
            (await one.WaitAsync(0, CancellationToken.None)).ShouldBeTrue();
            await Task.Yield();
            one.Release();
            return ScriptedHandler.Approved(e);
        });
        harness.Start(handler);

        await harness.AppendAsync([.. Enumerable.Range(0, 20).Select(i => Charge("p1", $"e{i}"))]);
        await harness.CommitAsync(f => f.Outgoing.Exists(c => Read(c).EffectId == "e19"));

        handler.Calls.Select(c => c.Effect.EffectId).ShouldBe(Enumerable.Range(0, 20).Select(i => $"e{i}"));
        harness.Commands().Select(c => Read(c).EffectId).ShouldBe(Enumerable.Range(0, 20).Select(i => $"e{i}"));
    }

    [Test]
    public async Task Effects_of_different_keys_are_executed_at_once()
    {
        using var harness = new EffectsHarness(partitions: 4);
        var all = new TaskCompletionSource();
        var started = 0;
        harness.Start(new ScriptedHandler(async (e, _, _) =>
        {
            if (Interlocked.Increment(ref started) == 10)
            {
                all.SetResult();
            }

            await all.Task;
            return ScriptedHandler.Approved(e);
        }));

        await harness.AppendAsync([.. Enumerable.Range(0, 10).Select(i => Charge($"p{i}"))]);

        await all.Task.WaitAsync(Patience);
    }

    [Test]
    public async Task No_more_calls_are_under_way_than_is_allowed()
    {
        using var harness = new EffectsHarness(partitions: 4);
        var (running, most) = (0, 0);
        harness.Start(
            new ScriptedHandler(async (e, _, _) =>
            {
                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                await Task.Yield();
                Interlocked.Decrement(ref running);
                return ScriptedHandler.Approved(e);
            }),
            concurrency: 3);

        await harness.AppendAsync([.. Enumerable.Range(0, 60).Select(i => Charge($"p{i}"))]);
        for (var done = 0; done < 60;)
        {
            done += (await harness.ResultAsync()).Outgoing.Count;
        }

        most.ShouldBeInRange(1, 3);
    }

    [TestCase(false, TestName = "A flush that fails is written again without a second call")]
    [TestCase(true, TestName = "A flush that was written although it seemed to fail is not written twice")]
    public async Task A_failed_flush_makes_no_second_call_and_no_second_result(bool written)
    {
        using var harness = new EffectsHarness();
        var handler = new ScriptedHandler((e, _, _) => Task.FromResult(ScriptedHandler.Approved(e)));
        harness.Store.FailOnce(f => f.ParkedDone.Count > 0, written);
        harness.Start(handler);

        await harness.AppendAsync(Charge("p1", "e1"), Charge("p1", "e2"));
        await harness.CommitAsync(f => f.Outgoing.Exists(c => Read(c).EffectId == "e2"));

        handler.Calls.Select(c => c.Effect.EffectId).ShouldBe(["e1", "e2"]);
        harness.Commands().Select(c => Read(c).EffectId).ShouldBe(["e1", "e2"]);
        harness.Rows().ShouldBeEmpty();
    }

    [Test]
    public async Task New_effects_whose_flush_fails_are_read_again()
    {
        using var harness = new EffectsHarness();
        var handler = new ScriptedHandler((e, _, _) => Task.FromResult(ScriptedHandler.Approved(e)));
        harness.Store.FailOnce(f => f.Parked.Count > 0, written: false);
        harness.Start(handler);

        await harness.AppendAsync(Charge("p1"));
        await harness.ResultAsync();

        handler.Calls.Count.ShouldBe(1);
    }

    [Test]
    public async Task Rows_left_by_an_unclean_end_run_again_with_the_same_idempotency_key()
    {
        using var harness = new EffectsHarness();
        var stuck = new TaskCompletionSource<ICommand>();
        var first = new ScriptedHandler((_, _, _) => stuck.Task);
        var second = new ScriptedHandler((e, _, _) => Task.FromResult(ScriptedHandler.Approved(e)));
        harness.Start(first);
        await harness.AppendAsync(Charge("p1", "e1"));
        await harness.CommitAsync(f => f.Parked.Count > 0);

        harness.Start(second);
        await harness.ResultAsync();
        stuck.SetResult(new RecordCharge { PaymentId = "p1", EffectId = "e1", Approved = true });
        await harness.AppendAsync(Charge("p1", "e2"));
        await harness.ResultAsync();

        second.Calls.Select(c => c.Context.IdempotencyKey).ShouldBe(["e1", "e2"]);
        harness.Commands().Select(c => Read(c).EffectId).ShouldBe(["e1", "e2"]);
    }

    [Test]
    public async Task Stopping_waits_for_the_calls_under_way_and_records_their_results()
    {
        using var harness = new EffectsHarness();
        var (started, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var pump = harness.Start(new ScriptedHandler(async (e, _, _) =>
        {
            started.TrySetResult();
            await release.Task;
            return ScriptedHandler.Approved(e);
        }));
        await harness.AppendAsync(Charge("p1", "e1"), Charge("p1", "e2"));
        await started.Task.WaitAsync(Patience);

        var stopped = Task.Run(() => pump.Stop(Patience));
        release.SetResult();

        (await stopped).ShouldBeTrue();
        harness.Commands().Count.ShouldBe(1 + (harness.Rows().Count == 0 ? 1 : 0));
        (await harness.IsCleanAsync()).ShouldBeTrue();
    }

    [Test]
    public async Task A_call_that_does_not_end_is_abandoned_and_runs_again_after_the_next_start()
    {
        using var harness = new EffectsHarness();
        var started = new TaskCompletionSource();
        var pump = harness.Start(new ScriptedHandler(async (e, _, token) =>
        {
            started.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
            return ScriptedHandler.Approved(e);
        }));
        await harness.AppendAsync(Charge("p1"));
        await started.Task.WaitAsync(Patience);

        pump.Stop(TimeSpan.FromSeconds(10)).ShouldBeTrue();

        harness.Commands().ShouldBeEmpty();
        harness.Rows().ShouldHaveSingleItem().Attempts.ShouldBe(0);
        harness.Start(new ScriptedHandler((e, _, _) => Task.FromResult(ScriptedHandler.Approved(e))));
        await harness.ResultAsync();
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
