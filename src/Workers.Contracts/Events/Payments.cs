namespace Workers.Contracts.Events;

/// <summary>A payment is open; the effect <c>charge</c> with <see cref="EffectId"/> takes the money.</summary>
[Event("payment", Feed = "created")]
public sealed record PaymentCreated : IDomainEvent
{
    [EntityId]
    public required string PaymentId { get; init; }

    public required string UserId { get; init; }

    public string? OrderId { get; init; }

    public required decimal Amount { get; init; }

    public required string Currency { get; init; }

    public string? PaymentMethod { get; init; }

    public required string Gateway { get; init; }

    public string? Description { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }

    /// <summary>The command (our id) that the gateway's answer finishes.</summary>
    public required string CommandId { get; init; }

    /// <summary>The charge's idempotency key for life.</summary>
    public required string EffectId { get; init; }
}

[Event("payment", Feed = "updated")]
public sealed record PaymentProcessed : IDomainEvent
{
    [EntityId]
    public required string PaymentId { get; init; }

    public required string UserId { get; init; }

    public string? OrderId { get; init; }

    public required decimal Amount { get; init; }

    public required string Currency { get; init; }

    public string? GatewayReference { get; init; }

    public required string CommandId { get; init; }
}

[Event("payment", Feed = "updated")]
public sealed record PaymentFailed : IDomainEvent
{
    [EntityId]
    public required string PaymentId { get; init; }

    public required string UserId { get; init; }

    public string? OrderId { get; init; }

    /// <summary><c>PAYMENT_DECLINED</c> or <c>GATEWAY_TIMEOUT</c>.</summary>
    public required string Code { get; init; }

    public required string Reason { get; init; }

    public required string CommandId { get; init; }
}

[Event("payment", Feed = "updated")]
public sealed record PaymentUpdated : IDomainEvent
{
    [EntityId]
    public required string PaymentId { get; init; }

    public required string UserId { get; init; }

    public string? Description { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }

    public IReadOnlyList<string>? Cleared { get; init; }
}

[Event("payment", Feed = "updated")]
public sealed record PaymentCancelled : IDomainEvent
{
    [EntityId]
    public required string PaymentId { get; init; }

    public required string UserId { get; init; }

    public string? OrderId { get; init; }

    public required string CommandId { get; init; }
}

[Event("payment", Feed = "updated")]
public sealed record PaymentRefunded : IDomainEvent
{
    [EntityId]
    public required string PaymentId { get; init; }

    public required string UserId { get; init; }

    public string? OrderId { get; init; }

    public required string RefundId { get; init; }

    /// <summary>What this refund gave back.</summary>
    public required decimal Amount { get; init; }

    /// <summary>What all refunds together gave back.</summary>
    public required decimal RefundedAmount { get; init; }

    public required string Currency { get; init; }

    /// <summary>The payment's state after it.</summary>
    public required string Status { get; init; }

    /// <summary>The command (our id) that asked for the refund; null where none did.</summary>
    public string? CommandId { get; init; }
}

[Event("payment", Feed = "deleted")]
public sealed record PaymentDeleted : IDomainEvent
{
    [EntityId]
    public required string PaymentId { get; init; }

    public required string UserId { get; init; }

    public string? Reason { get; init; }
}

/// <summary>A delete was undone.</summary>
[Event("payment", Feed = "created")]
public sealed record PaymentRestored : IDomainEvent
{
    [EntityId]
    public required string PaymentId { get; init; }

    public required string UserId { get; init; }
}
