using MassTransit;
using Workers.Contracts.Commands;
using Workers.Engine.Session;

namespace Workers.Handlers.Flows;

/// <summary>Steps that all flows share.</summary>
internal static class FlowActivities
{
    /// <summary>Enters a state and notes when.</summary>
    public static EventActivityBinder<TFlow, T> Enter<TFlow, T>(this EventActivityBinder<TFlow, T> binder, State state)
        where TFlow : class, IFlowState
        where T : class => binder
            .Then(c => c.Saga.Steps.Add(new FlowStep(state.Name, c.GetPayload<BatchSession>().Scope.Now)))
            .TransitionTo(state);

    public static EventActivityBinder<TFlow, T> PublishAll<TFlow, T>(
        this EventActivityBinder<TFlow, T> binder, Func<BehaviorContext<TFlow, T>, IEnumerable<ICommand>> commands)
        where TFlow : class, IFlowState
        where T : class => binder.ThenAsync(async c =>
        {
            foreach (var command in commands(c).ToList())
            {
                await c.Publish(command, command.GetType(), c.CancellationToken);
            }
        });

    /// <summary>When that time has passed since the record in hand was begun.</summary>
    public static DateTime In<TFlow>(this BehaviorContext<TFlow> context, TimeSpan delay)
        where TFlow : class, IFlowState => (context.GetPayload<BatchSession>().Scope.Now + delay).UtcDateTime;

    /// <summary>The record's key is the instance: it was copied to this flow.</summary>
    public static Guid Instance(ConsumeContext context) => Guid.Parse(context.GetPayload<BatchSession>().Scope.Record.Key);

    /// <summary>The events that a flow declares; no other is copied to it.</summary>
    public static IReadOnlyList<Type> EventsOf<TMachine>()
        where TMachine : StateMachine => [.. typeof(TMachine).GetProperties()
            .Where(p => p.PropertyType.IsGenericType && p.PropertyType.GetGenericTypeDefinition() == typeof(Event<>))
            .Select(p => p.PropertyType.GetGenericArguments()[0])];
}
