using MassTransit;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Domain;
using Workers.Engine.Options;

namespace Workers.Handlers.Flows;

/// <summary>
/// An order with a payment, by itself: reserve the stock, charge, confirm, tell the customer; then shipping and delivery. What fails, times out or
/// is cancelled is compensated: the order cancelled, the stock released, the money given back.
/// </summary>
public sealed class OrderFlow : MassTransitStateMachine<OrderFlowState>
{
    /// <summary>Name of the saga in <c>workers-flow</c> and of its receiver.</summary>
    public const string Saga = "order";

    /// <summary>The events that it takes; no other is copied to it.</summary>
    public static IReadOnlyList<Type> WaitsFor { get; } = FlowActivities.EventsOf<OrderFlow>();

    public OrderFlow(OrderFlowOptions options)
    {
        InstanceState(x => x.CurrentState);
        OnUnhandledEvent(x => x.Ignore()); // Each event is copied to every flow it may concern; a late one changes nothing.
        Event(() => Created, e => e.CorrelateById(c => FlowActivities.Instance(c)));
        Waits(() => Reserved);
        Waits(() => StockRejected);
        Waits(() => Released);
        Waits(() => Processed);
        Waits(() => PaymentFailed);
        Waits(() => Refunded);
        Waits(() => RefundRejected);
        Waits(() => OrderConfirmed);
        Waits(() => OrderCancelled);
        Waits(() => OrderShipped);
        Waits(() => OrderDelivered);
        Waits(() => Rejected);
        Waits(() => CommandDone);
        Waits(() => RetryRequested);
        Waits(() => CompensationRequested);
        Schedule(() => StepTimeout, x => x.Timeout, s => s.Received = e => e.CorrelateById(c => FlowActivities.Instance(c)).OnMissingInstance(m => m.Discard()));

        Initially(When(Created)
            .Then(c => OrderFlowSteps.Begin(c.Saga, c.Message))
            .IfElse(
                c => c.Saga.Products.Count == 0,
                nothing => nothing.Charge(this, options),
                some => some
                    .PublishAll(c => c.Saga.Products.Select(p => OrderFlowSteps.Reserve(c.Saga, p)))
                    .Schedule(StepTimeout, c => new OrderFlowTimedOut(c.Saga.OrderId, nameof(ReservingStock)), c => c.In(options.ReserveTimeout))
                    .Enter(ReservingStock)));

        During(ReservingStock,
            When(Reserved)
                .Then(c => c.Saga.WaitsFor.Remove($"stock:{c.Message.ProductId}"))
                .If(c => c.Saga.WaitsFor.Count == 0, all => all.Unschedule(StepTimeout).Charge(this, options)),
            When(StockRejected).Then(c => c.Saga.Reason = c.Message.Reason).Unschedule(StepTimeout).Compensate(this));

        During(Charging,
            When(Processed)
                .Unschedule(StepTimeout)
                .Then(c => OrderFlowSteps.Paid(c.Saga))
                .ThenAsync(c => c.Publish(new ConfirmOrder { OrderId = c.Saga.OrderId }))
                .Schedule(StepTimeout, c => new OrderFlowTimedOut(c.Saga.OrderId, nameof(Confirming)), c => c.In(options.ConfirmTimeout))
                .Enter(Confirming),
            When(PaymentFailed).Then(c => OrderFlowSteps.NotPaid(c.Saga, c.Message.Reason)).Unschedule(StepTimeout).Compensate(this));

        During(Confirming,
            When(OrderConfirmed)
                .Unschedule(StepTimeout)
                .ThenAsync(c => c.Publish(OrderFlowSteps.Notify(c.Saga)))
                .Enter(Confirmed),
            // Somebody was quicker: what the flow was about to do is done, and is no reason to undo it.
            When(Rejected, c => OrderFlowSteps.IsRefused(c.Message, OrderRules.AlreadyConfirmed))
                .Unschedule(StepTimeout)
                .ThenAsync(c => c.Publish(OrderFlowSteps.Notify(c.Saga)))
                .Enter(Confirmed),
            When(Rejected, c => OrderFlowSteps.IsRefused(c.Message, OrderRules.AlreadyGone))
                .Unschedule(StepTimeout)
                .PublishAll(c => c.Saga.Products.Select(p => OrderFlowSteps.Commit(c.Saga, p)))
                .Enter(Shipped)
                .If(c => c.Saga.Delivered, delivered => delivered.Enter(Completed)));

        During(ReservingStock, Charging, Confirming, When(OrderDelivered).Then(c => c.Saga.Delivered = true));

        During(ReservingStock, Charging, Confirming,
            When(Rejected, c => OrderFlowSteps.Ends(c.Message))
                .Then(c => OrderFlowSteps.Failed(c.Saga, c.Message)).Unschedule(StepTimeout).Compensate(this),
            When(StepTimeout!.Received)
                .Then(c => c.Saga.Reason ??= $"{c.Message.Step} took too long").Compensate(this));

        During(ReservingStock, Charging, Confirming, Confirmed,
            When(OrderCancelled)
                .Then(c => OrderFlowSteps.CancelledOutside(c.Saga, c.Message.Reason)).Unschedule(StepTimeout).Compensate(this));

        During(Confirmed,
            When(OrderShipped).PublishAll(c => c.Saga.Products.Select(p => OrderFlowSteps.Commit(c.Saga, p))).Enter(Shipped));

        During(Shipped, When(OrderDelivered).Enter(Completed));

        During(Cancelling,
            When(OrderCancelled).Then(c => c.Saga.WaitsFor.Remove("order")).FinishIfDone(this),
            When(Released).Then(c => c.Saga.WaitsFor.Remove($"stock:{c.Message.ProductId}")).FinishIfDone(this),
            When(CommandDone).Then(c => OrderFlowSteps.Done(c.Saga, c.Message)).FinishIfDone(this),
            When(PaymentFailed).Then(c => OrderFlowSteps.NotPaid(c.Saga, c.Message.Reason)).FinishIfDone(this),
            When(Refunded).Then(c => c.Saga.WaitsFor.Remove("refund")).FinishIfDone(this),
            When(Rejected).IfElse(
                c => OrderFlowSteps.Harmless(c.Message),
                harmless => harmless.Then(c => OrderFlowSteps.Gone(c.Saga, c.Message)).FinishIfDone(this),
                stuck => stuck.Then(c => c.Saga.Reason = c.Message.Message).Enter(Stuck)),
            When(RefundRejected).Then(c => c.Saga.Reason = c.Message.Reason).Enter(Stuck));

        // By hand: what is missing once more, or everything from the start. What was undone already is no obstacle.
        During(Stuck,
            When(RetryRequested).PublishAll(c => OrderFlowSteps.Missing(c.Saga)).Enter(Cancelling).FinishIfDone(this),
            When(CompensationRequested).Compensate(this));

        // Money that was taken although the flow had given up goes back, whatever the flow is in by then.
        During(Cancelling, Compensated, Stuck,
            When(Processed, c => c.Saga.PaymentOpen)
                .Then(c => OrderFlowSteps.PaidTooLate(c.Saga))
                .ThenAsync(c => c.Publish(OrderFlowSteps.Refund(c.Saga)))
                .Enter(Cancelling));
    }

    public State ReservingStock { get; private set; } = null!;
    public State Charging { get; private set; } = null!;
    public State Confirming { get; private set; } = null!;
    public State Confirmed { get; private set; } = null!;
    public State Shipped { get; private set; } = null!;
    public State Completed { get; private set; } = null!;
    public State Cancelling { get; private set; } = null!;
    public State Compensated { get; private set; } = null!;
    public State Stuck { get; private set; } = null!;

    public Event<OrderCreated> Created { get; private set; } = null!;
    public Event<StockReserved> Reserved { get; private set; } = null!;
    public Event<StockRejected> StockRejected { get; private set; } = null!;
    public Event<StockReleased> Released { get; private set; } = null!;
    public Event<PaymentProcessed> Processed { get; private set; } = null!;
    public Event<PaymentFailed> PaymentFailed { get; private set; } = null!;
    public Event<PaymentRefunded> Refunded { get; private set; } = null!;
    public Event<RefundRejected> RefundRejected { get; private set; } = null!;
    public Event<OrderConfirmed> OrderConfirmed { get; private set; } = null!;
    public Event<OrderCancelled> OrderCancelled { get; private set; } = null!;
    public Event<OrderShipped> OrderShipped { get; private set; } = null!;
    public Event<OrderDelivered> OrderDelivered { get; private set; } = null!;
    public Event<CommandRejected> Rejected { get; private set; } = null!;
    public Event<CommandCompleted> CommandDone { get; private set; } = null!;
    public Event<FlowRetryRequested> RetryRequested { get; private set; } = null!;
    public Event<FlowCompensationRequested> CompensationRequested { get; private set; } = null!;
    public Schedule<OrderFlowState, OrderFlowTimedOut> StepTimeout { get; private set; } = null!;

    private void Waits<T>(System.Linq.Expressions.Expression<Func<Event<T>>> happened)
        where T : class => Event(happened, e => e.CorrelateById(c => FlowActivities.Instance(c)).OnMissingInstance(m => m.Discard()));
}
