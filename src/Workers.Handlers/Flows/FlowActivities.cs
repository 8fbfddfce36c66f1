using MassTransit;
using Workers.Contracts.Commands;
using Workers.Engine.Options;
using Workers.Engine.Session;

namespace Workers.Handlers.Flows;

/// <summary>Steps that the order flow's states share.</summary>
internal static class FlowActivities
{
    /// <summary>Enters a state and notes when.</summary>
    public static EventActivityBinder<OrderFlowState, T> Enter<T>(this EventActivityBinder<OrderFlowState, T> binder, State state)
        where T : class => binder
            .Then(c => c.Saga.Steps.Add(new FlowStep(state.Name, c.GetPayload<BatchSession>().Scope.Now)))
            .TransitionTo(state);

    public static EventActivityBinder<OrderFlowState, T> PublishAll<T>(
        this EventActivityBinder<OrderFlowState, T> binder, Func<BehaviorContext<OrderFlowState, T>, IEnumerable<ICommand>> commands)
        where T : class => binder.ThenAsync(async c =>
        {
            foreach (var command in commands(c).ToList())
            {
                await c.Publish(command, command.GetType(), c.CancellationToken);
            }
        });

    /// <summary>When that time has passed since the record in hand was begun.</summary>
    public static DateTime In(this BehaviorContext<OrderFlowState> context, TimeSpan delay) =>
        (context.GetPayload<BatchSession>().Scope.Now + delay).UtcDateTime;

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
