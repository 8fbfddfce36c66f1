namespace Workers.Contracts.Commands;

/// <summary>Gives money back. Done when it is refunded or rejected.</summary>
[Command(Kind.Refund, "refund", "refund")]
public sealed record RefundPayment : ICommand
{
    [Key]
    public string PaymentId { get; init => field = value ?? ""; } = "";

    /// <summary>The refund's id; without it the command's own id.</summary>
    [Id]
    public string? RefundId { get; init; }

    [Required, AtLeast("0.01"), Amount]
    public decimal? Amount { get; init; }

    [Required, Length(1, 1000)]
    public string Reason { get; init => field = value ?? ""; } = "";

    [Id]
    public string? UserId { get; init; }

    [Currency]
    public string? Currency { get; init => field = value?.ToUpperInvariant(); }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}

/// <summary>
/// Lets a refund go to the gateway: one above the threshold, or again one whose gateway did not answer. Keyed by the payment; a door that gets the refund's
/// id alone looks the payment up.
/// </summary>
[Command(Kind.Refund, "approve", "refund")]
public sealed record ApproveRefund : IRefundDecision
{
    [Key(LookedUp = true)]
    public string PaymentId { get; init => field = value ?? ""; } = "";

    [Required, Id]
    public string RefundId { get; init => field = value ?? ""; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}

/// <summary>Keyed by the payment; a door that gets the refund's id alone looks the payment up.</summary>
[Command(Kind.Refund, "reject", "refund")]
public sealed record RejectRefund : IRefundDecision
{
    [Key(LookedUp = true)]
    public string PaymentId { get; init => field = value ?? ""; } = "";

    [Required, Id]
    public string RefundId { get; init => field = value ?? ""; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}

/// <summary>What the gateway answered to a refund; sent by the effects.</summary>
[Command(Kind.Refund, "record_refund", "refund", Internal = true)]
public sealed record RecordRefund : ICommand
{
    [Key]
    public string PaymentId { get; init => field = value ?? ""; } = "";

    [Required]
    public string RefundId { get; init => field = value ?? ""; } = "";

    public bool Approved { get; init; }

    /// <summary>Why not: <c>REFUND_DECLINED</c> (the default), or <c>GATEWAY_TIMEOUT</c>, which is no answer.</summary>
    public string? Code { get; init; }

    public string? Reason { get; init; }
}

/// <summary>Gives back whatever is left of a payment; sent by the order flow, which does not know of refunds that others asked for.</summary>
[Command(Kind.Refund, "refund_remainder", "refund", Internal = true)]
public sealed record RefundRemainder : ICommand
{
    [Key]
    public string PaymentId { get; init => field = value ?? ""; } = "";

    [Required]
    public string RefundId { get; init => field = value ?? ""; } = "";

    [Required]
    public string Reason { get; init => field = value ?? ""; } = "";
}

/// <summary>A person's word about a refund, which may be named without its payment.</summary>
public interface IRefundDecision : ICommand
{
    string RefundId { get; }
}
