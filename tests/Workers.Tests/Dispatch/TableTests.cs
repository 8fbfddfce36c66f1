using System.Text;
using MassTransit;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Dispatch;
using Workers.Engine.Log;
using Workers.Engine.Session;

namespace Workers.Tests.Dispatch;

[Parallelizable(ParallelScope.All)]
public sealed class TableTests
{
    [Test]
    public async Task Two_receivers_of_one_message_take_it_one_after_the_other()
    {
        await using var group = Two();

        await group.Take(new Place("o1"));

        group.Commit().Outgoing.Select(r => r.Headers.Get(HeaderName.Type)).ShouldBe(["Placed", "Charge"]);
    }

    [Test]
    public async Task A_record_that_names_a_receiver_is_taken_by_that_one_alone()
    {
        await using var group = Two();

        await group.Take(new Place("o1"), null, (HeaderName.Receiver, "second"));

        group.Commit().Outgoing.ShouldHaveSingleItem().Headers.Get(HeaderName.Type).ShouldBe("Charge");
    }

    [Test]
    public async Task A_record_that_names_a_receiver_that_is_not_here_fails()
    {
        await using var group = Two();

        var error = await Should.ThrowAsync<UnknownReceiverException>(() => group.Take(new Place("o1"), null, (HeaderName.Receiver, "third")));

        error.Message.ShouldBe("No receiver third takes Place here.");
    }

    [Test]
    public async Task A_name_that_nobody_here_takes_is_not_found()
    {
        await using var group = Two();

        group.Table.Find("Placed"u8).ShouldBeNull();
        group.Table.Find("place"u8).ShouldBeNull();
        group.Registry.Find("Placed"u8)!.Type.ShouldBe(typeof(Placed));
        group.Registry.Find("Nobody"u8).ShouldBeNull();
    }

    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("")]
    [TestCase("""{"order":"o1","amount":"much"}""")]
    public async Task A_value_that_is_not_the_message_is_unreadable(string json)
    {
        await using var group = Two();
        var record = new LogRecord { Id = Guid.NewGuid(), Topic = Topics.Commands, Key = "k", TimestampMs = 0, Value = Encoding.UTF8.GetBytes(json) };

        Should.Throw<UnreadableMessageException>(() => group.Table.Find("Place"u8)!.Decode(record));
    }

    [Test]
    public async Task A_name_or_a_type_can_be_registered_once_and_only_at_start()
    {
        await using var group = Two();

        Should.Throw<ArgumentException>(() => FlowJson.Registry().Add("Placed", Topics.Events, m => m.Order, FlowJson.Default.Charge));
        Should.Throw<ArgumentException>(() => FlowJson.Registry().Add("Other", Topics.Events, (Placed m) => m.Order, FlowJson.Default.Placed));
        Should.Throw<InvalidOperationException>(() => group.Registry.Add("Other", Topics.Events, _ => "k", (System.Text.Json.Serialization.Metadata.JsonTypeInfo)FlowJson.Default.OrderState));
    }

    [Test]
    public void A_receiver_of_a_message_that_is_not_registered_is_refused_at_start() =>
        Should.Throw<UnregisteredMessageException>(() => new Dispatching(
            bus => bus.AddConsumer<Unregistered>(), made => [made.Consumer<Unregistered>("unregistered")]));

    [Test]
    public void A_consumer_that_takes_what_belongs_to_a_message_cannot_share_a_scope() =>
        Should.Throw<ArgumentException>(() => new Dispatching(
            bus => bus.AddConsumer<CaptureTests.Injected>(), made => [made.Consumer<CaptureTests.Injected>("injected", sharesScope: true)]));

    [Test]
    public async Task Warming_stages_nothing()
    {
        await using var group = new Dispatching(
            bus =>
            {
                bus.AddConsumer<First>();
                bus.AddSagaStateMachine<OrderMachine, OrderState>();
            },
            made => [made.Consumer<First>("first"), made.Saga("orders", FlowJson.Default.OrderState)]);
        using var session = group.NewSession();
        session.Enter(new RecordScope(group.Record(new Place("o1")), Dispatching.Now, 1, flow: null));

        await group.Receivers.WarmAsync(session);

        session.Mark().ShouldBe(default);
    }

    private static Dispatching Two() => new(
        bus =>
        {
            bus.AddConsumer<First>();
            bus.AddConsumer<Second>();
        },
        made => [made.Consumer<First>("first"), made.Consumer<Second>("second")]);

    private sealed class First : IConsumer<Place>
    {
        public async Task Consume(ConsumeContext<Place> context)
        {
            await Task.Yield();
            await context.Publish(new Placed(context.Message.Order, context.Message.Amount));
        }
    }

    private sealed class Second : IConsumer<Place>
    {
        public Task Consume(ConsumeContext<Place> context) => context.Publish(new Charge(context.Message.Order));
    }

    private sealed class Unregistered : IConsumer<NotRegistered>
    {
        public Task Consume(ConsumeContext<NotRegistered> context) => Task.CompletedTask;
    }
}
