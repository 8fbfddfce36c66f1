using MassTransit;
using MassTransit.SagaStateMachine;

namespace Workers.Handlers.Flows;

/// <summary>Reads off a state machine by which event it goes from which state to which.</summary>
internal sealed class FlowMoves<TFlow> : StateMachineVisitor
    where TFlow : class, IFlowState
{
    private readonly List<FlowTransition> _found = [];
    private string _state = "";
    private string _event = "";

    public static IReadOnlyList<FlowTransition> Of(StateMachine<TFlow> machine)
    {
        var moves = new FlowMoves<TFlow>();
        machine.Accept(moves);
        return [.. moves._found.Distinct()];
    }

    public void Visit(State state, Action<State> next)
    {
        _state = state.Name;
        next(state);
    }

    public void Visit(Event @event, Action<Event> next)
    {
        _event = @event.Name;
        next(@event);
    }

    public void Visit<TData>(Event<TData> @event, Action<Event<TData>> next)
        where TData : class
    {
        _event = @event.Name;
        next(@event);
    }

    public void Visit(IStateMachineActivity activity) => Visit(activity, static _ => { });

    public void Visit(IStateMachineActivity activity, Action<IStateMachineActivity> next)
    {
        if (activity is TransitionActivity<TFlow> transition)
        {
            _found.Add(new FlowTransition(_state, _event, transition.ToState.Name));
        }

        next(activity);
    }

    public void Visit<T>(IBehavior<T> behavior)
        where T : class, SagaStateMachineInstance => Visit(behavior, static _ => { });

    public void Visit<T>(IBehavior<T> behavior, Action<IBehavior<T>> next)
        where T : class, SagaStateMachineInstance => next(behavior);

    public void Visit<T, TData>(IBehavior<T, TData> behavior)
        where T : class, SagaStateMachineInstance
        where TData : class => Visit(behavior, static _ => { });

    public void Visit<T, TData>(IBehavior<T, TData> behavior, Action<IBehavior<T, TData>> next)
        where T : class, SagaStateMachineInstance
        where TData : class => next(behavior);
}
