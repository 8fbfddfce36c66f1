using System.Diagnostics;
using System.Text;
using MassTransit;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Dispatch;

namespace Workers.Tests.Dispatch;

[Parallelizable(ParallelScope.All)]
public sealed class CaptureTests
{
    private static readonly DateTime Later = Dispatching.Now.AddHours(3).UtcDateTime;

    [Test]
    public async Task What_a_consumer_publishes_becomes_a_record_caused_by_the_one_in_hand()
    {
        await using var group = Consuming((c, _) => c.Publish(new Placed(c.Message.Order, c.Message.Amount)));
        var record = group.Record(
            new Place("o1"), null, (HeaderName.CorrelationId, "case-7"), (HeaderName.UserId, "u1"), (HeaderName.Flow, "orders/x"),
            (HeaderName.TraceParent, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));

        await group.Take(record);

        var sent = group.Commit().Outgoing.ShouldHaveSingleItem();
        (sent.Topic, sent.Key, sent.Partition, sent.TimestampMs).ShouldBe((Topics.Events, "o1", -1, Dispatching.Now.ToUnixTimeMilliseconds()));
        sent.Id.ShouldBe(Ids.Child(record.Id, 1));
        Encoding.UTF8.GetString(sent.Value.Span).ShouldBe("""{"order":"o1","amount":10}""");
        sent.Headers.All().Select(h => $"{h.Key}={h.Value}").ShouldBe(
        [
            "ce_type=Placed", "ce_source=workers", "ce_correlationid=case-7", $"ce_causationid={record.Id}",
            "traceparent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "workers-flow=orders/x", "workers-user-id=u1",
        ]);
    }

    [Test]
    public async Task A_record_without_a_correlation_starts_one_and_a_running_trace_is_passed_on()
    {
        await using var group = Consuming((c, _) => c.Publish(new Placed(c.Message.Order, 1)));
        var record = group.Record(new Place("o1"));
        using var activity = new Activity("process").SetIdFormat(ActivityIdFormat.W3C).Start();

        await group.Take(record);

        var sent = group.Commit().Outgoing.ShouldHaveSingleItem();
        sent.Headers.Get(HeaderName.CorrelationId).ShouldBe(record.Id.ToString());
        sent.Headers.Get(HeaderName.TraceParent).ShouldBe(activity.Id);
    }

    [Test]
    public async Task A_send_goes_to_the_topic_and_the_key_that_it_says_with_the_headers_it_adds()
    {
        await using var group = Consuming(async (c, _) =>
        {
            var endpoint = await c.GetSendEndpoint(new Uri("topic:" + Topics.Effects));
            await endpoint.Send(new Charge(c.Message.Order), x =>
            {
                x.SetRoutingKey("other");
                x.Headers.Set("workers-schedule-id", "s1");
                x.Headers.Set("x-shop", "north");
            });
        });

        await group.Take(new Place("o1"));

        var sent = group.Commit().Outgoing.ShouldHaveSingleItem();
        (sent.Topic, sent.Key).ShouldBe((Topics.Effects, "other"));
        sent.Headers.Get(HeaderName.ScheduleId).ShouldBe("s1");
        sent.Headers.All().ShouldContain(new KeyValuePair<string, string>("x-shop", "north"));
    }

    [Test]
    public async Task A_send_to_something_that_is_no_topic_fails()
    {
        await using var group = Consuming(async (c, _) => await (await c.GetSendEndpoint(new Uri("queue:elsewhere"))).Send(new Charge("o1")));

        (await Should.ThrowAsync<ArgumentException>(() => group.Take(new Place("o1")))).Message.ShouldContain("queue:elsewhere is no topic");
    }

    [Test]
    public async Task A_send_that_failed_half_way_leaves_nothing_in_the_headers_of_the_next()
    {
        await using var group = Consuming(async (c, _) =>
        {
            var topic = c.Message.Order == "bad" ? "queue:elsewhere" : "topic:" + Topics.Commands;
            await (await c.GetSendEndpoint(new Uri(topic))).Send(new Charge(c.Message.Order));
        });

        // Both on this thread, whose header writer they share.
        Should.Throw<ArgumentException>(() => { group.Take(new Place("bad")).GetAwaiter().GetResult(); });
        group.Take(new Place("good")).IsCompletedSuccessfully.ShouldBeTrue();

        group.Commit().Outgoing.ShouldHaveSingleItem().Headers.All().Count(h => h.Key == "ce_type").ShouldBe(1);
    }

    [Test]
    public async Task An_answer_is_published_since_nobody_waits_on_a_queue()
    {
        await using var group = Consuming((c, _) => c.RespondAsync(new Placed(c.Message.Order, 2)));

        await group.Take(new Place("o1"));

        group.Commit().Outgoing.ShouldHaveSingleItem().Headers.Get(HeaderName.Type).ShouldBe("Placed");
    }

    [Test]
    public async Task A_message_given_as_an_object_is_known_by_its_own_type()
    {
        await using var group = Consuming((c, _) => c.Publish((object)new Placed(c.Message.Order, 2)));

        await group.Take(new Place("o1"));

        group.Commit().Outgoing.ShouldHaveSingleItem().Topic.ShouldBe(Topics.Events);
    }

    [Test]
    public async Task An_injected_endpoint_is_captured_too()
    {
        await using var group = new Dispatching(bus => bus.AddConsumer<Injected>(), made => [made.Consumer<Injected>("place")]);

        await group.Take(new Place("o1"));
        await group.Take(new Place("o2"));

        group.Commit().Outgoing.Select(r => r.Key).ShouldBe(["o1", "o2"]);
    }

    [Test]
    public async Task A_scheduled_message_is_a_timer_due_exactly_then()
    {
        ScheduledMessage<Charge>? made = null;
        await using var group = Consuming(async (c, _) => made = await c.SchedulePublish(Later, new Charge(c.Message.Order)));

        await group.Take(new Place("o1"));

        var flush = group.Commit();
        flush.Outgoing.ShouldBeEmpty();
        var timer = flush.Timers.ShouldHaveSingleItem();
        (timer.Token, timer.DueMs).ShouldBe((made!.TokenId, new DateTimeOffset(Later).ToUnixTimeMilliseconds()));
        (timer.Message.Topic, timer.Message.Key).ShouldBe((Topics.Commands, "o1"));
        timer.Message.Headers.Get(HeaderName.Door).ShouldBe("timer");
    }

    [Test]
    public async Task A_send_with_a_delay_is_a_timer_by_the_time_of_the_record()
    {
        await using var group = Consuming((c, _) => c.Publish(new Charge(c.Message.Order), x => x.Delay = TimeSpan.FromSeconds(30)));

        await group.Take(new Place("o1"));

        group.Commit().Timers.ShouldHaveSingleItem().DueMs.ShouldBe(Dispatching.Now.AddSeconds(30).ToUnixTimeMilliseconds());
    }

    [Test]
    public async Task A_timer_of_an_earlier_batch_is_cancelled_by_its_token()
    {
        var token = Guid.NewGuid();
        await using var group = Consuming((c, _) =>
            c.TryGetPayload(out MessageSchedulerContext? scheduler) ? scheduler.CancelScheduledSend(c.ReceiveContext.InputAddress, token) : Task.CompletedTask);

        await group.Take(new Place("o1"));

        group.Commit().TimersDone.ShouldBe([token]);
    }

    [Test]
    public async Task Another_attempt_makes_the_same_ids_and_tokens()
    {
        await using var group = Consuming(async (c, _) =>
        {
            await c.Publish(new Placed(c.Message.Order, 1));
            await c.SchedulePublish(Later, new Charge(c.Message.Order));
        });
        var record = group.Record(new Place("o1"));

        await group.Take(record);
        var first = group.Commit();
        await group.Take(record);
        var second = group.Commit();

        second.Outgoing[0].Id.ShouldBe(first.Outgoing[0].Id);
        (second.Timers[0].Token, second.Timers[0].Message.Id).ShouldBe((first.Timers[0].Token, first.Timers[0].Message.Id));
    }

    [Test]
    public async Task What_a_failed_record_has_sent_is_dropped_and_its_own_exception_comes_out()
    {
        await using var group = Consuming(async (c, _) =>
        {
            await c.Publish(new Placed(c.Message.Order, 1));
            await c.SchedulePublish(Later, new Charge(c.Message.Order));
            if (c.Message.Order == "bad")
            {
                throw new CommandRefused("NO", "not this one");
            }
        });

        await group.Take(new Place("good"));
        (await Should.ThrowAsync<CommandRefused>(() => group.Take(new Place("bad")))).Code.ShouldBe("NO");

        var flush = group.Commit();
        flush.Outgoing.Select(r => r.Key).ShouldBe(["good"]);
        flush.Timers.Select(t => t.Message.Key).ShouldBe(["good"]);
    }

    [Test]
    public async Task A_message_that_is_not_registered_cannot_be_sent()
    {
        await using var group = Consuming((c, _) => c.Publish(new NotRegistered("o1")));

        await Should.ThrowAsync<UnregisteredMessageException>(() => group.Take(new Place("o1")));
    }

    [Test]
    public async Task The_bus_itself_cannot_be_used()
    {
        await using var group = Consuming((_, bus) => bus.Publish(new Placed("o1", 1)));
        await using var sending = Consuming(async (_, bus) => await (await bus.GetSendEndpoint(new Uri("queue:" + Topics.Commands))).Send(new Charge("o1")));

        await Should.ThrowAsync<BusBypassedException>(() => group.Take(new Place("o1")));
        await Should.ThrowAsync<BusBypassedException>(() => sending.Take(new Place("o1")));
    }

    private static Dispatching Consuming(Func<ConsumeContext<Place>, IBus, Task> act) => new(
        bus => bus.AddConsumer<Acting>(),
        made => [made.Consumer<Acting>("place", sharesScope: true)],
        services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, act));

    private sealed class Acting(Func<ConsumeContext<Place>, IBus, Task> act, IBus bus) : IConsumer<Place>
    {
        public Task Consume(ConsumeContext<Place> context) => act(context, bus);
    }

    internal sealed class Injected(IPublishEndpoint endpoint) : IConsumer<Place>
    {
        public Task Consume(ConsumeContext<Place> context) => endpoint.Publish(new Placed(context.Message.Order, 1));
    }
}
