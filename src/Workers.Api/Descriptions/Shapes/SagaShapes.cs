using System.Text.Json;
using Workers.Contracts.Commands;

namespace Workers.Api.Descriptions;

/// <summary>A flow among others.</summary>
internal sealed record SagaShape
{
    public required string Id { get; init; }

    public required string SagaId { get; init; }

    /// <summary>Which flow it is, such as `order`.</summary>
    public required string Saga { get; init; }

    public required long Version { get; init; }

    public required string State { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>What it knows.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Data { get; init; }
}

/// <summary>A flow: where it stands, how it came there, what it waits for.</summary>
internal sealed record SagaDetailShape
{
    public required string Id { get; init; }

    public required string SagaId { get; init; }

    public required string Saga { get; init; }

    public required long Version { get; init; }

    public required string State { get; init; }

    public IReadOnlyList<SagaStepShape>? Timeline { get; init; }

    /// <summary>What it has sent and has no answer to.</summary>
    public JsonElement? WaitsFor { get; init; }

    /// <summary>The events that it takes where it stands.</summary>
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>How flows of its kind go from state to state.</summary>
    public required IReadOnlyList<SagaTransitionShape> Transitions { get; init; }

    public required IReadOnlyList<SagaTimerShape> Timers { get; init; }

    public required IReadOnlyDictionary<string, JsonElement> Data { get; init; }
}

/// <summary>A state that a flow entered.</summary>
internal sealed record SagaStepShape
{
    public required string State { get; init; }

    public DateTimeOffset? At { get; init; }
}

/// <summary>An event that takes a flow from a state to another.</summary>
internal sealed record SagaTransitionShape
{
    public required string From { get; init; }

    /// <summary>The event's name.</summary>
    public required string Event { get; init; }

    public required string To { get; init; }
}

/// <summary>A time-out that a flow has set.</summary>
internal sealed record SagaTimerShape
{
    public required Guid Token { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    public string? Type { get; init; }
}

/// <summary>Flows that are searched for.</summary>
internal sealed record SagaFilters : Paging
{
    /// <summary>Which flow, such as `order`.</summary>
    public string? Saga { get; init; }

    public string? State { get; init; }
}

/// <summary>That a stuck flow was told what to do.</summary>
internal sealed record FlowAskedShape
{
    public required string SagaId { get; init; }

    public required string Saga { get; init; }

    /// <summary>The state in which it was stuck.</summary>
    public required string Was { get; init; }

    [OneOf("REQUESTED")]
    public required string Status { get; init; }
}
