using System.Text.Json;
using MassTransit;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Store;

namespace Workers.Tests.Dispatch;

[Parallelizable(ParallelScope.All)]
public sealed class SagaTests
{
    private static readonly Guid Id = OrderMachine.Id("o1");
    private static readonly StateKey Key = new("flow:orders", Id.ToString("D"));

    [Test]
    public async Task The_first_event_makes_an_instance_and_what_it_sends_names_the_flow()
    {
        await using var group = Dispatching.Orders();

        await group.Take(new Placed("o1", 10));

        var flush = group.Commit();
        var state = flush.States.ShouldHaveSingleItem();
        (state.Key, state.Previous, state.Version, state.Label).ShouldBe((Key, 0, 1, "Charging"));
        var sent = flush.Outgoing.ShouldHaveSingleItem();
        (sent.Topic, sent.Key).ShouldBe((Topics.Commands, "o1"));
        sent.Headers.Get(HeaderName.Flow).ShouldBe($"orders/{Id:D}");
        sent.Headers.Get(HeaderName.Door).ShouldBe("saga");
    }

    [Test]
    public async Task Its_timeout_is_a_timer_to_the_instance_itself()
    {
        await using var group = Dispatching.Orders();

        await group.Take(new Placed("o1", 10));

        var timer = group.Commit().Timers.ShouldHaveSingleItem();
        timer.DueMs.ShouldBe((Dispatching.Now + OrderMachine.Patience).ToUnixTimeMilliseconds());
        (timer.Message.Topic, timer.Message.Key).ShouldBe((Topics.Flows, Id.ToString("D")));
        timer.Message.Headers.Get(HeaderName.Receiver).ShouldBe("orders");
        timer.Message.Headers.Get(HeaderName.SchedulingToken).ShouldBe(timer.Token.ToString("D"));
        Read(group).Timeout.ShouldBe(timer.Token);
    }

    [Test]
    public async Task A_later_event_finds_the_instance_in_the_store_and_takes_the_timeout_back()
    {
        await using var group = Dispatching.Orders();
        await group.Take(new Placed("o1", 10));
        var token = group.Commit().Timers[0].Token;
        group.Restart();

        await group.Take(new Charged("o1"));

        var flush = group.Commit();
        flush.TimersDone.ShouldBe([token]);
        var state = flush.States.ShouldHaveSingleItem();
        (state.Previous, state.Version, state.Label).ShouldBe((1, 2, "Done"));
        (Read(group).CurrentState, Read(group).Version, Read(group).Timeout).ShouldBe(("Done", 2, null));
    }

    [Test]
    public async Task Several_events_of_a_batch_write_the_instance_once_and_a_timeout_set_and_taken_back_leaves_nothing()
    {
        await using var group = Dispatching.Orders();

        await group.Take(new Placed("o1", 10));
        await group.Take(new Noted("o1"));
        await group.Take(new Charged("o1"));

        var flush = group.Commit();
        (flush.Timers.Count, flush.TimersDone.Count).ShouldBe((0, 0));
        flush.States.ShouldHaveSingleItem().Version.ShouldBe(3);
        (Read(group).CurrentState, Read(group).Notes).ShouldBe(("Done", 1));
    }

    [Test]
    public async Task A_finished_instance_is_deleted()
    {
        await using var group = Dispatching.Orders();
        await group.Take(new Placed("o1", 10));
        group.Commit();

        await group.Take(new Cancelled("o1"));

        var state = group.Commit().States.ShouldHaveSingleItem();
        (state.Previous, state.Data).ShouldBe((1, null));
        group.Stored.States.ShouldBeEmpty();
    }

    [Test]
    public async Task An_instance_made_and_finished_in_one_batch_writes_nothing()
    {
        await using var group = Dispatching.Orders();

        await group.Take(new Placed("o1", 10));
        await group.Take(new Cancelled("o1"));

        group.Commit().States.ShouldBeEmpty();
    }

    [Test]
    public async Task An_ignored_event_writes_nothing()
    {
        await using var group = Dispatching.Orders();
        await group.Take(new Placed("o1", 10));
        group.Commit();

        await group.Take(new Reminded("o1"));
        group.Commit().States.ShouldBeEmpty();
        group.Restart();
        await group.Take(new Reminded("o1"));
        group.Commit().States.ShouldBeEmpty();
    }

    [Test]
    public async Task A_repeated_first_event_and_one_that_the_state_does_not_know_are_not_accepted()
    {
        await using var group = Dispatching.Orders();
        await group.Take(new Placed("o1", 10));

        await Should.ThrowAsync<NotAcceptedStateMachineException>(() => group.Take(new Placed("o1", 10)));
        await group.Take(new Charged("o1"));
        await Should.ThrowAsync<NotAcceptedStateMachineException>(() => group.Take(new Charged("o1")));
    }

    [Test]
    public async Task An_event_without_an_instance_is_an_error_where_that_is_said_and_else_discarded()
    {
        await using var group = Dispatching.Orders();

        await group.Take(new Cancelled("o1"));
        await group.Take(new Charged("o1"));
        await Should.ThrowAsync<SagaException>(() => group.Take(new Noted("o1")));

        group.Commit().States.ShouldBeEmpty();
    }

    [Test]
    public async Task A_failed_event_leaves_the_instance_as_it_was_before_it()
    {
        await using var group = Dispatching.Orders();
        await group.Take(new Placed("o1", 10));
        await group.Take(new Noted("o1"));
        await group.Take(new Noted("o1"));

        await Should.ThrowAsync<InvalidOperationException>(() => group.Take(new Noted("o1")));
        group.Commit();
        Read(group).Notes.ShouldBe(2);

        await Should.ThrowAsync<InvalidOperationException>(() => group.Take(new Noted("o1")));
        await group.Take(new Charged("o1"));
        group.Commit();
        (Read(group).CurrentState, Read(group).Notes).ShouldBe(("Done", 2));
    }

    [Test]
    public async Task The_current_timeout_is_taken()
    {
        await using var group = Dispatching.Orders();
        await group.Take(new Placed("o1", 10));
        var timer = group.Commit().Timers[0];

        await group.Take(timer.Message);

        group.Commit();
        Read(group).CurrentState.ShouldBe("Unpaid");
    }

    [Test]
    public async Task A_timeout_with_another_token_is_ignored()
    {
        await using var group = Dispatching.Orders();
        await group.Take(new Placed("o1", 10));
        group.Commit();

        await group.Take(new NeverPaid("o1"), null, (HeaderName.SchedulingToken, Guid.NewGuid().ToString("D")));

        group.Commit().States.ShouldBeEmpty();
    }

    [Test]
    public async Task A_timeout_without_a_token_is_an_event_like_any_other()
    {
        await using var group = Dispatching.Orders();
        await group.Take(new Placed("o1", 10));
        group.Commit();

        await group.Take(new NeverPaid("o1"));

        group.Commit();
        Read(group).CurrentState.ShouldBe("Unpaid");
    }

    [Test]
    public async Task A_late_timeout_does_nothing_to_an_instance_that_has_gone_on()
    {
        await using var group = Dispatching.Orders();
        await group.Take(new Placed("o1", 10));
        var timer = group.Commit().Timers[0];
        await group.Take(new Charged("o1"));
        group.Commit();

        await group.Take(timer.Message);

        group.Commit().States.ShouldBeEmpty();
    }

    [Test]
    public async Task What_a_batch_will_read_is_told_before_it_is_executed()
    {
        await using var group = Dispatching.Orders();
        var record = group.Record(new Charged("o1"), Id.ToString("D"));
        var entry = group.Table.Find("Charged"u8)!;
        var keys = new List<StateKey>();

        entry.Prefetch(entry.Decode(record), record, keys);

        keys.ShouldBe([Key]);
    }

    private static OrderState Read(Dispatching group) => JsonSerializer.Deserialize(group.Stored.States[Key].Data.Span, FlowJson.Default.OrderState)!;
}
