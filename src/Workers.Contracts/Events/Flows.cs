namespace Workers.Contracts.Events;

/// <summary>Somebody wants the step tried again at which a flow is stuck.</summary>
[Event("flow", Announced = true)]
public sealed record FlowRetryRequested : IDomainEvent
{
    /// <summary>The instance.</summary>
    [EntityId]
    public required string SagaId { get; init; }

    public required string Saga { get; init; }

    public string? Reason { get; init; }
}

/// <summary>Somebody wants undone what a stuck flow has done.</summary>
[Event("flow", Announced = true)]
public sealed record FlowCompensationRequested : IDomainEvent
{
    /// <summary>The instance.</summary>
    [EntityId]
    public required string SagaId { get; init; }

    public required string Saga { get; init; }

    public string? Reason { get; init; }
}
