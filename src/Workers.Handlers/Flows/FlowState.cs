using System.Text.Json.Serialization;
using MassTransit;

namespace Workers.Handlers.Flows;

/// <summary>An instance of a flow.</summary>
public interface IFlowState : SagaStateMachineInstance
{
    string CurrentState { get; }

    /// <summary>The way taken: each state with the time it was entered.</summary>
    List<FlowStep> Steps { get; }
}

/// <summary>A state that a flow entered.</summary>
public sealed record FlowStep(string State, DateTimeOffset At);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OrderFlowState))]
[JsonSerializable(typeof(OrderFlowTimedOut))]
[JsonSerializable(typeof(RefundFlowState))]
[JsonSerializable(typeof(RefundApprovalTimedOut))]
public sealed partial class FlowsJson : JsonSerializerContext;
