using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Engine.Waiting;
using Workers.Tests.Time;

namespace Workers.Tests.Api;

[Parallelizable(ParallelScope.All)]
internal sealed class OutcomeWaiterTests
{
    [Test]
    public async Task An_outcome_is_handed_over_without_a_query()
    {
        var (state, clock) = (new MemoryState(), new FakeTimeProvider());
        using var waiter = new OutcomeWaiter(state, clock);
        var outcome = Outcomes.Succeeded(Record(), "{}");
        var waits = Enumerable.Range(0, 3).Select(_ => waiter.Begin(outcome.Id, TimeSpan.FromSeconds(10)).Outcome).ToList();
        waiter.Committed(Flushed(outcome));
        (await Task.WhenAll(waits)).ShouldAllBe(found => found == outcome);
        state.OutcomeQueries.ShouldBe(0);
    }

    [Test]
    public async Task Running_ends_no_wait_and_time_does()
    {
        var (state, clock) = (new MemoryState(), new FakeTimeProvider());
        using var waiter = new OutcomeWaiter(state, clock);
        var running = Outcomes.Running(Record());
        var wait = waiter.WaitAsync(running.Id, TimeSpan.FromSeconds(2), CancellationToken.None);
        waiter.Committed(Flushed(running));
        clock.Advance(TimeSpan.FromSeconds(1));
        wait.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(2));
        (await wait).ShouldBeNull();
    }

    [Test]
    public async Task A_repeat_waits_for_the_first_even_if_that_ended_long_ago([Values] bool before)
    {
        var (state, clock) = (new MemoryState(), new FakeTimeProvider());
        using var waiter = new OutcomeWaiter(state, clock);
        var (first, repeat) = (Outcomes.Succeeded(Record(), "{}"), Record());
        var wait = waiter.WaitAsync(repeat.Id, TimeSpan.FromSeconds(10), CancellationToken.None);
        if (before)
        {
            state.Put(first);
        }

        waiter.Committed(Flushed(Outcomes.Alias(repeat, first.Id)));
        if (!before)
        {
            waiter.Committed(Flushed(first));
        }

        (await wait.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBe(first);
    }

    [Test]
    public async Task What_nobody_handed_over_is_found_by_asking()
    {
        var (state, clock) = (new MemoryState(), new FakeTimeProvider());
        using var waiter = new OutcomeWaiter(state, clock);
        var outcome = Outcomes.Succeeded(Record(), "{}");
        state.Put(outcome);
        var wait = waiter.WaitAsync(outcome.Id, TimeSpan.FromSeconds(10), CancellationToken.None);
        clock.Advance(TimeSpan.FromMilliseconds(600));
        (await wait.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBe(outcome);
    }

    [Test]
    public async Task Who_gives_up_or_is_sent_home_waits_no_longer()
    {
        using var waiter = new OutcomeWaiter(new MemoryState(), new FakeTimeProvider());
        using var gone = new CancellationTokenSource();
        var wait = waiter.WaitAsync(Guid.NewGuid(), TimeSpan.FromSeconds(10), gone.Token);
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(wait);
        var other = waiter.Begin(Guid.NewGuid(), TimeSpan.FromSeconds(10));
        waiter.EndAll();
        (await other.Outcome).ShouldBeNull();
        (await waiter.Begin(Guid.NewGuid(), TimeSpan.FromSeconds(10)).Outcome).ShouldBeNull();
    }

    private static Flush Flushed(Outcome outcome) =>
        new() { Position = new PositionMove("commands", outcome.Partition, 0, 0, 0), Outcomes = { new OutcomeWrite(outcome, false) } };

    private static LogRecord Record() => new() { Id = Guid.CreateVersion7(), Topic = Topics.Commands, Key = "k", TimestampMs = 1, Partition = 0, Offset = 0 };
}
