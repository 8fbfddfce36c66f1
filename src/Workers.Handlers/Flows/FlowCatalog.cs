using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Workers.Handlers.Flows;

/// <summary>A flow as operators see it.</summary>
/// <param name="Saga">Its name.</param>
/// <param name="StuckIn">The state in which it waits for somebody.</param>
/// <param name="EndsIn">The states from which it goes nowhere by hand.</param>
public sealed record FlowInfo(string Saga, string StuckIn, IReadOnlyList<string> EndsIn);

/// <summary>An event that takes a flow from a state to another.</summary>
public sealed record FlowTransition(string From, string Event, string To);

/// <summary>Every flow there is.</summary>
public static class FlowCatalog
{
    public static IReadOnlyList<FlowInfo> All { get; } =
    [
        new(OrderFlow.Saga, nameof(OrderFlow.Stuck), [nameof(OrderFlow.Completed), nameof(OrderFlow.Compensated)]),
        new(RefundFlow.Saga, nameof(RefundFlow.ManualReview), [nameof(RefundFlow.Refunded), nameof(RefundFlow.Rejected)]),
    ];

    /// <summary>For a flow's name and state the events that it does something with there.</summary>
    public static Func<string, string, IReadOnlyList<string>> WaitsFor(IServiceProvider services)
    {
        var known = Of(OrderFlow.Saga, services.GetRequiredService<SagaStateMachine<OrderFlowState>>())
            .Concat(Of(RefundFlow.Saga, services.GetRequiredService<SagaStateMachine<RefundFlowState>>()))
            .ToDictionary(one => one.Key, one => one.Events);
        return (saga, state) => known.GetValueOrDefault((saga, state)) ?? [];
    }

    /// <summary>For a flow's name how it goes from state to state, as its state machine has it.</summary>
    public static Func<string, IReadOnlyList<FlowTransition>> Transitions(IServiceProvider services)
    {
        var known = new Dictionary<string, IReadOnlyList<FlowTransition>>
        {
            [OrderFlow.Saga] = FlowMoves<OrderFlowState>.Of(services.GetRequiredService<SagaStateMachine<OrderFlowState>>()),
            [RefundFlow.Saga] = FlowMoves<RefundFlowState>.Of(services.GetRequiredService<SagaStateMachine<RefundFlowState>>()),
        };
        return saga => known.GetValueOrDefault(saga) ?? [];
    }

    private static IEnumerable<((string Saga, string State) Key, IReadOnlyList<string> Events)> Of(string saga, StateMachine machine) =>
        machine.States.Select(state => ((saga, state.Name), Names(machine, state)));

    private static IReadOnlyList<string> Names(StateMachine machine, State state) =>
    [
        .. machine.NextEvents(state)
            .Select(waited => waited.GetType().GetInterfaces().FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(Event<>)))
            .OfType<Type>().Select(type => type.GetGenericArguments()[0].Name).Distinct().Order(StringComparer.Ordinal),
    ];
}
