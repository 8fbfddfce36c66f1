namespace Workers.Contracts.Events;

/// <summary>A refund is open and its amount set aside; the refund flow starts.</summary>
[Event("payment")]
public sealed record RefundRequested : IDomainEvent
{
    [EntityId]
    public required string PaymentId { get; init; }

    public required string RefundId { get; init; }

    public required string UserId { get; init; }

    public string? OrderId { get; init; }

    public required decimal Amount { get; init; }

    public required string Currency { get; init; }

    public required string Gateway { get; init; }

    public required string Reason { get; init; }

    /// <summary>Waits for ApproveRefund; else it may go to the gateway at once.</summary>
    public bool NeedsApproval { get; init; }

    /// <summary>Money that came after the payment had failed or was cancelled.</summary>
    public bool Late { get; init; }

    public string? GatewayReference { get; init; }

    /// <summary>The command (our id) that the refund's end finishes; null where none waits.</summary>
    public string? CommandId { get; init; }

    /// <summary>The flow that asked for it, <c>{saga}/{instance}</c>, and is told of its end; null where none did.</summary>
    public string? Flow { get; init; }

    /// <summary>The payment's own command (our id), where the refund is its undo; null for any other.</summary>
    public string? Undoes { get; init; }
}

[Event("payment")]
public sealed record RefundApproved : IDomainEvent
{
    [EntityId]
    public required string PaymentId { get; init; }

    public required string RefundId { get; init; }

    public required string UserId { get; init; }

    public required decimal Amount { get; init; }

    public string? Reason { get; init; }
}

/// <summary>Nothing was given back: a person said no, nobody said yes in time, or the gateway refused.</summary>
[Event("payment")]
public sealed record RefundRejected : IDomainEvent
{
    [EntityId]
    public required string PaymentId { get; init; }

    public required string RefundId { get; init; }

    public required string UserId { get; init; }

    public required decimal Amount { get; init; }

    /// <summary><c>REFUND_REJECTED</c> or <c>REFUND_DECLINED</c> (by the gateway).</summary>
    public required string Code { get; init; }

    public required string Reason { get; init; }

    /// <summary>The command (our id) that asked for the refund; null where none did.</summary>
    public string? CommandId { get; init; }
}

/// <summary>The gateway has not answered in all the time it was given: whether the money went back is not known, and somebody has to decide.</summary>
[Event("payment")]
public sealed record RefundReviewRequired : IDomainEvent
{
    [EntityId]
    public required string PaymentId { get; init; }

    public required string RefundId { get; init; }

    public required string UserId { get; init; }

    public required decimal Amount { get; init; }

    public required string Reason { get; init; }
}
