using Workers.Contracts.Commands;

namespace Workers.Api.Descriptions;

/// <summary>A payment with its refunds.</summary>
internal sealed record PaymentShape : ResourceShape
{
    public required string PaymentId { get; init; }

    public required string UserId { get; init; }

    public string? OrderId { get; init; }

    public required decimal Amount { get; init; }

    public required string Currency { get; init; }

    public string? PaymentMethod { get; init; }

    public required string Gateway { get; init; }

    [OneOf(Contracts.Commands.PaymentStatus.Pending, Contracts.Commands.PaymentStatus.Processed, Contracts.Commands.PaymentStatus.Failed, Contracts.Commands.PaymentStatus.Cancelled, Contracts.Commands.PaymentStatus.Refunded, Contracts.Commands.PaymentStatus.PartiallyRefunded)]
    public required string Status { get; init; }

    public required decimal RefundedAmount { get; init; }

    public string? Description { get; init; }

    public string? GatewayReference { get; init; }

    public string? FailureCode { get; init; }

    public string? FailureReason { get; init; }

    public IReadOnlyList<RefundOfPaymentShape>? Refunds { get; init; }
}

/// <summary>A refund among its payment's.</summary>
internal record RefundOfPaymentShape
{
    public required string Id { get; init; }

    public required string RefundId { get; init; }

    public required decimal Amount { get; init; }

    [OneOf(RefundStatus.Requested, RefundStatus.Approved, RefundStatus.ManualReview, RefundStatus.Refunded, RefundStatus.Rejected)]
    public required string Status { get; init; }

    public string? Reason { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }
}

/// <summary>A refund with what has become of its payment.</summary>
internal sealed record RefundShape : RefundOfPaymentShape
{
    public required string PaymentId { get; init; }

    public required string UserId { get; init; }

    public required string Currency { get; init; }

    [OneOf(Contracts.Commands.PaymentStatus.Pending, Contracts.Commands.PaymentStatus.Processed, Contracts.Commands.PaymentStatus.Failed, Contracts.Commands.PaymentStatus.Cancelled, Contracts.Commands.PaymentStatus.Refunded, Contracts.Commands.PaymentStatus.PartiallyRefunded)]
    public required string PaymentStatus { get; init; }

    public required decimal RefundedAmount { get; init; }
}

/// <summary>A product with its stock.</summary>
internal sealed record ProductShape : ResourceShape
{
    public required string ProductId { get; init; }

    public required string Name { get; init; }

    public required decimal Price { get; init; }

    public string? Sku { get; init; }

    public string? Category { get; init; }

    public string? Description { get; init; }

    public required int Stock { get; init; }

    /// <summary>Of the stock, what no order has reserved.</summary>
    public required int Available { get; init; }
}

/// <summary>A notification.</summary>
internal sealed record NotificationShape : ResourceShape
{
    public required string NotificationId { get; init; }

    public required string UserId { get; init; }

    [OneOf("email", "sms", "push", "webhook", "in_app")]
    public required string Channel { get; init; }

    public string? Type { get; init; }

    public required string Title { get; init; }

    public required string Message { get; init; }

    [OneOf("low", "normal", "high", "critical")]
    public required string Priority { get; init; }

    [OneOf(NotificationStatus.Requested, NotificationStatus.Sent, NotificationStatus.Failed)]
    public required string Status { get; init; }

    public string? FailureReason { get; init; }
}

/// <summary>That a resource is deleted.</summary>
internal sealed record DeletedShape
{
    public required string Id { get; init; }

    public required bool Deleted { get; init; }

    public string? UserId { get; init; }

    public string? OrderId { get; init; }

    public string? PaymentId { get; init; }

    public string? ProductId { get; init; }
}

/// <summary>Which of a resource's states is asked for: as its events had made it.</summary>
internal sealed record StateOf
{
    /// <summary>After this version.</summary>
    [AtLeast("1")]
    public int? Version { get; init; }

    /// <summary>At this time.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>Which of an order's events are asked for.</summary>
internal sealed record OrderEvents : Paging
{
    /// <summary>Such as `OrderShipped`.</summary>
    public string? Type { get; init; }

    /// <summary>Of a deleted order too.</summary>
    public bool? IncludeDeleted { get; init; }
}
