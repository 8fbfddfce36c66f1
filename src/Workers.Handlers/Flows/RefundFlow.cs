using MassTransit;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Engine.Options;

namespace Workers.Handlers.Flows;

/// <summary>
/// A refund from its request on: above the threshold it waits for an approval, then the gateway is asked; a full refund of an unshipped order cancels the
/// order, whose own flow puts the stock back; the customer is told. A gateway that does not answer leaves it to somebody (ManualReview).
/// </summary>
public sealed class RefundFlow : MassTransitStateMachine<RefundFlowState>
{
    /// <summary>Name of the saga in <c>workers-flow</c> and of its receiver.</summary>
    public const string Saga = "refund";

    /// <summary>The events that it takes; no other is copied to it.</summary>
    public static IReadOnlyList<Type> WaitsFor { get; } = FlowActivities.EventsOf<RefundFlow>();

    public RefundFlow(RefundOptions options)
    {
        InstanceState(x => x.CurrentState);
        OnUnhandledEvent(x => x.Ignore()); // Each event is copied to every flow it may concern; a late one changes nothing.
        Event(() => Requested, e => e.CorrelateById(c => FlowActivities.Instance(c)));
        Waits(() => Approved);
        Waits(() => RefundRejected);
        Waits(() => ReviewRequired);
        Waits(() => PaymentRefunded);
        Waits(() => OrderCancelled);
        Waits(() => CommandRejected);
        Waits(() => RetryRequested);
        Waits(() => CompensationRequested);
        Schedule(() => ApprovalTimeout, x => x.Timeout, s => s.Received = e => e.CorrelateById(c => FlowActivities.Instance(c)).OnMissingInstance(m => m.Discard()));

        Initially(When(Requested)
            .Then(c => RefundFlowSteps.Begin(c.Saga, c.Message))
            .IfElse(
                c => c.Message.NeedsApproval,
                asks => asks
                    .Schedule(ApprovalTimeout, c => new RefundApprovalTimedOut(c.Saga.RefundId), c => c.In(options.ApprovalTimeout))
                    .Enter(AwaitingApproval),
                clear => clear.AskGateway(this)));

        During(AwaitingApproval,
            When(Approved).Unschedule(ApprovalTimeout).AskGateway(this),
            When(RefundRejected).Unschedule(ApprovalTimeout).Reject(this),
            // Whoever is quicker decides: an approval that came meanwhile makes this one be refused.
            When(ApprovalTimeout!.Received).ThenAsync(c => c.Publish(RefundFlowSteps.NotApproved(c.Saga, options.ApprovalTimeout), c.CancellationToken)));

        During(Refunding, When(ReviewRequired).Then(c => c.Saga.Problem = c.Message.Reason).Enter(ManualReview));

        // By hand, as if somebody had approved or rejected it; what comes of it is heard as any approval or rejection.
        During(ManualReview,
            When(Approved).AskGateway(this),
            When(RetryRequested).ThenAsync(c => c.Publish(RefundFlowSteps.Approve(c.Saga, c.Message.Reason), c.CancellationToken)),
            When(CompensationRequested).ThenAsync(c => c.Publish(RefundFlowSteps.Reject(c.Saga, c.Message.Reason), c.CancellationToken)));

        During(Refunding, ManualReview,
            When(RefundRejected).Reject(this),
            When(PaymentRefunded).IfElse(
                c => RefundFlowSteps.EndsOrder(c.Saga, c.Message),
                order => order.ThenAsync(c => c.Publish(RefundFlowSteps.Cancel(c.Saga), c.CancellationToken)).Enter(CancellingOrder),
                money => money.Finish(this)));

        // Refused where it is shipped, cancelled already, or was never there: the money is back all the same.
        During(CancellingOrder,
            When(OrderCancelled).Finish(this),
            When(CommandRejected, c => c.Message.CommandType == nameof(CancelOrder)).Finish(this));
    }

    public State AwaitingApproval { get; private set; } = null!;
    public State Refunding { get; private set; } = null!;
    public State ManualReview { get; private set; } = null!;
    public State CancellingOrder { get; private set; } = null!;
    public State Refunded { get; private set; } = null!;
    public State Rejected { get; private set; } = null!;

    public Event<RefundRequested> Requested { get; private set; } = null!;
    public Event<RefundApproved> Approved { get; private set; } = null!;
    public Event<RefundRejected> RefundRejected { get; private set; } = null!;
    public Event<RefundReviewRequired> ReviewRequired { get; private set; } = null!;
    public Event<PaymentRefunded> PaymentRefunded { get; private set; } = null!;
    public Event<OrderCancelled> OrderCancelled { get; private set; } = null!;
    public Event<CommandRejected> CommandRejected { get; private set; } = null!;
    public Event<FlowRetryRequested> RetryRequested { get; private set; } = null!;
    public Event<FlowCompensationRequested> CompensationRequested { get; private set; } = null!;
    public Schedule<RefundFlowState, RefundApprovalTimedOut> ApprovalTimeout { get; private set; } = null!;

    private void Waits<T>(System.Linq.Expressions.Expression<Func<Event<T>>> happened)
        where T : class => Event(happened, e => e.CorrelateById(c => FlowActivities.Instance(c)).OnMissingInstance(m => m.Discard()));
}
