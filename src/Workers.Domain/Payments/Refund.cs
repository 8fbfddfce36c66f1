using Workers.Contracts.Commands;

namespace Workers.Domain;

/// <summary>Money of a payment that goes back, or is to.</summary>
public sealed record Refund
{
    public required string RefundId { get; init; }

    public required decimal Amount { get; init; }

    /// <summary>One of <see cref="RefundStatus"/>.</summary>
    public required string Status { get; init; }

    public string? Reason { get; init; }

    /// <summary>The command (our id) that its end finishes.</summary>
    public string? CommandId { get; init; }

    /// <summary>Of money that came after the payment had failed or was cancelled.</summary>
    public bool Late { get; init; }

    /// <summary>The flow that asked for it, <c>{saga}/{instance}</c>: it is told of the end, whoever brings it about.</summary>
    public string? Flow { get; init; }

    /// <summary>The command (our id) that its end undoes; null for none.</summary>
    public string? Undoes { get; init; }

    public DateTimeOffset RequestedAt { get; init; }

    /// <summary>Its amount is set aside.</summary>
    internal bool IsOpen => Status is RefundStatus.Requested or RefundStatus.Approved or RefundStatus.ManualReview;
}
