namespace Workers.Contracts.Effects;

/// <summary>Tells an event's handler outside of it. The idempotency key is <see cref="EventId"/>. In order for each handler and aggregate.</summary>
public sealed record DeliverEvent : IEffect
{
    public required string EventId { get; init; }
    public required string EventType { get; init; }
    public required string AggregateId { get; init; }

    /// <summary>After the event; 0 for one that a caller posted.</summary>
    public required long Version { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public required long AtMs { get; init; }

    /// <summary>The event's data as JSON.</summary>
    public required string Data { get; init; }

    /// <summary>The handler's, as it was when the event happened.</summary>
    public long? Registration { get; init; }

    /// <summary>A caller has posted it.</summary>
    public bool External { get; init; }

    public string? CommandId { get; init; }
    public string? UserId { get; init; }
    public string? CorrelationId { get; init; }

    string IEffect.Key => $"{EventType}/{AggregateId}";
    string IEffect.IdempotencyKey => EventId;
}
