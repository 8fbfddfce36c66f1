using System.Text.Json.Serialization;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>A payment with its refunds, as the events made it.</summary>
public sealed record Payment : IEntity<Payment>
{
    public static string Kind => "payment";

    public required string PaymentId { get; init; }

    public required string UserId { get; init; }

    public string? OrderId { get; init; }

    public required decimal Amount { get; init; }

    public required string Currency { get; init; }

    public string? PaymentMethod { get; init; }

    public required string Gateway { get; init; }

    public string? Description { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }

    /// <summary>One of <see cref="PaymentStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>What the gateway has taken; it may come after the payment has failed.</summary>
    public decimal PaidAmount { get; init; }

    public decimal RefundedAmount { get; init; }

    public string? GatewayReference { get; init; }

    public string? FailureCode { get; init; }

    public string? FailureReason { get; init; }

    /// <summary>The command (our id) that the gateway's answer finishes.</summary>
    public required string CommandId { get; init; }

    public required string EffectId { get; init; }

    public IReadOnlyList<Refund> Refunds { get; init; } = [];

    public bool Deleted { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>What is neither given back nor set aside for it.</summary>
    [JsonIgnore]
    public decimal Refundable => PaidAmount - RefundedAmount - Refunds.Where(refund => refund.IsOpen).Sum(refund => refund.Amount);

    public Refund? FindRefund(string refundId) => Refunds.FirstOrDefault(refund => refund.RefundId == refundId);

    public static Payment? Apply(Payment? state, IDomainEvent happened, DateTimeOffset at) => (happened, state) switch
    {
        (PaymentCreated e, _) => Created(e, at),
        (PaymentProcessed e, not null) => state with
        {
            Status = PaymentStatus.Processed,
            PaidAmount = e.Amount,
            GatewayReference = e.GatewayReference,
            UpdatedAt = at,
        },
        (PaymentFailed e, not null) => state with
        {
            Status = PaymentStatus.Failed,
            FailureCode = e.Code,
            FailureReason = e.Reason,
            UpdatedAt = at,
        },
        (PaymentUpdated e, not null) => state with
        {
            Description = e.Cleared.Has("description") ? null : e.Description ?? state.Description,
            Metadata = e.Cleared.Has("metadata") ? null : e.Metadata ?? state.Metadata,
            UpdatedAt = at,
        },
        (PaymentCancelled, not null) => state with { Status = PaymentStatus.Cancelled, UpdatedAt = at },
        (PaymentDeleted, not null) => state with { Deleted = true, UpdatedAt = at },
        (PaymentRestored, not null) => state with { Deleted = false, UpdatedAt = at },
        (RefundRequested e, not null) => Requested(state, e, at),
        (RefundApproved e, not null) => WithRefund(state, e.RefundId, RefundStatus.Approved, at),
        (RefundRejected e, not null) => WithRefund(state, e.RefundId, RefundStatus.Rejected, at),
        (RefundReviewRequired e, not null) => WithRefund(state, e.RefundId, RefundStatus.ManualReview, at),
        (PaymentRefunded e, not null) => WithRefund(state, e.RefundId, RefundStatus.Refunded, at) with
        {
            RefundedAmount = e.RefundedAmount,
            Status = e.Status,
        },
        _ => state,
    };

    private static Payment Created(PaymentCreated e, DateTimeOffset at) => new()
    {
        PaymentId = e.PaymentId,
        UserId = e.UserId,
        OrderId = e.OrderId,
        Amount = e.Amount,
        Currency = e.Currency,
        PaymentMethod = e.PaymentMethod,
        Gateway = e.Gateway,
        Description = e.Description,
        Metadata = e.Metadata,
        Status = PaymentStatus.Pending,
        CommandId = e.CommandId,
        EffectId = e.EffectId,
        CreatedAt = at,
        UpdatedAt = at,
    };

    private static Payment Requested(Payment state, RefundRequested e, DateTimeOffset at) => state with
    {
        PaidAmount = e.Late ? e.Amount : state.PaidAmount,
        GatewayReference = e.Late ? e.GatewayReference : state.GatewayReference,
        Refunds =
        [
            .. state.Refunds,
            new Refund
            {
                RefundId = e.RefundId,
                Amount = e.Amount,
                Status = e.NeedsApproval ? RefundStatus.Requested : RefundStatus.Approved,
                Reason = e.Reason,
                CommandId = e.CommandId,
                Late = e.Late,
                Flow = e.Flow,
                Undoes = e.Undoes,
                RequestedAt = at,
            },
        ],
        UpdatedAt = at,
    };

    private static Payment WithRefund(Payment state, string refundId, string status, DateTimeOffset at) => state with
    {
        Refunds = [.. state.Refunds.Select(refund => refund.RefundId == refundId ? refund with { Status = status } : refund)],
        UpdatedAt = at,
    };
}
