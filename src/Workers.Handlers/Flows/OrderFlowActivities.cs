using MassTransit;
using Workers.Engine.Options;

namespace Workers.Handlers.Flows;

/// <summary>Steps that the order flow's states share.</summary>
internal static class OrderFlowActivities
{
    public static EventActivityBinder<OrderFlowState, T> Charge<T>(
        this EventActivityBinder<OrderFlowState, T> binder, OrderFlow flow, OrderFlowOptions options)
        where T : class => binder
            .Then(c => c.Saga.PaymentOpen = true)
            .ThenAsync(c => c.Publish(OrderFlowSteps.Charge(c.Saga), c.CancellationToken))
            .Schedule(flow.StepTimeout, c => new OrderFlowTimedOut(c.Saga.OrderId, flow.Charging.Name), c => c.In(options.ChargeTimeout))
            .Enter(flow.Charging);

    /// <summary>Undoes what was done so far; each step is a command of its own.</summary>
    public static EventActivityBinder<OrderFlowState, T> Compensate<T>(this EventActivityBinder<OrderFlowState, T> binder, OrderFlow flow)
        where T : class => binder.PublishAll(c => OrderFlowSteps.Compensations(c.Saga)).Enter(flow.Cancelling).FinishIfDone(flow);

    public static EventActivityBinder<OrderFlowState, T> FinishIfDone<T>(this EventActivityBinder<OrderFlowState, T> binder, OrderFlow flow)
        where T : class => binder.If(c => c.Saga.WaitsFor.Count == 0, done => done.Enter(flow.Compensated));
}
