using MassTransit;
using Workers.Contracts.Events;

namespace Workers.Handlers.Flows;

/// <summary>Steps that the refund flow's states share.</summary>
internal static class RefundFlowActivities
{
    /// <summary>Always with the refund's own key: a gateway that has given it back answers so again.</summary>
    public static EventActivityBinder<RefundFlowState, T> AskGateway<T>(this EventActivityBinder<RefundFlowState, T> binder, RefundFlow flow)
        where T : class => binder
            .Then(c => c.Saga.Problem = null)
            .ThenAsync(c => c.Publish(RefundFlowSteps.GiveBack(c.Saga), c.CancellationToken))
            .Enter(flow.Refunding);

    public static EventActivityBinder<RefundFlowState, RefundRejected> Reject(this EventActivityBinder<RefundFlowState, RefundRejected> binder, RefundFlow flow) =>
        binder.Then(c => c.Saga.Problem = c.Message.Reason).Enter(flow.Rejected);

    public static EventActivityBinder<RefundFlowState, T> Finish<T>(this EventActivityBinder<RefundFlowState, T> binder, RefundFlow flow)
        where T : class => binder
            .ThenAsync(c => c.Publish(RefundFlowSteps.Notify(c.Saga), c.CancellationToken))
            .Enter(flow.Refunded);
}
