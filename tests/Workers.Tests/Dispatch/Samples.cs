using System.Text.Json.Serialization;
using MassTransit;
using Workers.Contracts;
using Workers.Engine.Dispatch;

namespace Workers.Tests.Dispatch;

public sealed record Place(string Order, decimal Amount = 10);

public sealed record Placed(string Order, decimal Amount);

public sealed record Charge(string Order);

public sealed record Charged(string Order);

public sealed record Noted(string Order);

public sealed record Cancelled(string Order);

public sealed record Reminded(string Order);

public sealed record NeverPaid(string Order);

public sealed record NotRegistered(string Order);

public sealed class OrderState : SagaStateMachineInstance, ISagaVersion
{
    public Guid CorrelationId { get; set; }

    public string CurrentState { get; set; } = "";

    public string Order { get; set; } = "";

    public Guid? Timeout { get; set; }

    public int Notes { get; set; }

    public int Version { get; set; }
}

/// <summary>Waits for an order to be charged, no longer than ten minutes.</summary>
public sealed class OrderMachine : MassTransitStateMachine<OrderState>
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public OrderMachine()
    {
        InstanceState(x => x.CurrentState);
        Event(() => Placed, e => e.CorrelateById(c => Id(c.Message.Order)));
        Event(() => Charged, e => e.CorrelateById(c => Id(c.Message.Order)));
        Event(() => Noted, e =>
        {
            e.CorrelateById(c => Id(c.Message.Order));
            e.OnMissingInstance(m => m.Fault());
        });
        Event(() => Reminded, e => e.CorrelateById(c => Id(c.Message.Order)));
        Event(() => Cancelled, e =>
        {
            e.CorrelateById(c => Id(c.Message.Order));
            e.OnMissingInstance(m => m.Discard());
        });
        Schedule(() => NeverPaid, x => x.Timeout, s => s.Received = e => e.CorrelateById(c => Id(c.Message.Order)));

        Initially(
            When(Placed)
                .Then(c => c.Saga.Order = c.Message.Order)
                .Schedule(NeverPaid, c => new NeverPaid(c.Message.Order), c => (c.Now() + Patience).UtcDateTime)
                .Publish(c => new Charge(c.Message.Order))
                .TransitionTo(Charging));
        During(
            Charging,
            When(Charged).Unschedule(NeverPaid).TransitionTo(Done),
            When(Noted).Then(c =>
            {
                c.Saga.Notes++;
                if (c.Saga.Notes > 2)
                {
                    throw new InvalidOperationException("too many notes");
                }
            }),
            When(NeverPaid!.Received).TransitionTo(Unpaid),
            When(Cancelled).Finalize(),
            Ignore(Reminded));
        SetCompletedWhenFinalized();
    }

    public State Charging { get; private set; } = null!;

    public State Done { get; private set; } = null!;

    public State Unpaid { get; private set; } = null!;

    public Event<Placed> Placed { get; private set; } = null!;

    public Event<Charged> Charged { get; private set; } = null!;

    public Event<Noted> Noted { get; private set; } = null!;

    public Event<Reminded> Reminded { get; private set; } = null!;

    public Event<Cancelled> Cancelled { get; private set; } = null!;

    public Schedule<OrderState, NeverPaid> NeverPaid { get; private set; } = null!;

    public static Guid Id(string order) => Ids.Flow("orders", order);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Place))]
[JsonSerializable(typeof(Placed))]
[JsonSerializable(typeof(Charge))]
[JsonSerializable(typeof(Charged))]
[JsonSerializable(typeof(Noted))]
[JsonSerializable(typeof(Cancelled))]
[JsonSerializable(typeof(Reminded))]
[JsonSerializable(typeof(NeverPaid))]
[JsonSerializable(typeof(OrderState))]
internal sealed partial class FlowJson : JsonSerializerContext
{
    public static MessageRegistry Registry() => new MessageRegistry()
        .Add("Place", Topics.Commands, m => m.Order, Default.Place)
        .Add("Placed", Topics.Events, m => m.Order, Default.Placed)
        .Add("Charge", Topics.Commands, m => m.Order, Default.Charge)
        .Add("Charged", Topics.Events, m => m.Order, Default.Charged)
        .Add("Noted", Topics.Events, m => m.Order, Default.Noted)
        .Add("Cancelled", Topics.Events, m => m.Order, Default.Cancelled)
        .Add("Reminded", Topics.Events, m => m.Order, Default.Reminded)
        .Add("NeverPaid", Topics.Flows, m => m.Order, Default.NeverPaid);
}
