namespace Workers.Contracts.Commands;

/// <summary>Takes money. Done when the gateway has answered.</summary>
[Command(Kind.Payment, "process", "payment", Undoable = true)]
public sealed record ProcessPayment : ICommand
{
    [Key(Made = true)]
    public string PaymentId { get; init => field = value ?? ""; } = "";

    [Required, Id]
    public string UserId { get; init => field = value ?? ""; } = "";

    [Required, AtLeast("0.01"), Amount]
    public decimal? Amount { get; init; }

    [Required, Currency]
    public string Currency { get; init => field = value?.ToUpperInvariant() ?? ""; } = "";

    [Alias("method"), OneOf(Commands.PaymentMethod.CreditCard, Commands.PaymentMethod.DebitCard, Commands.PaymentMethod.NetBanking, Commands.PaymentMethod.Upi, Commands.PaymentMethod.Wallet)]
    public string? PaymentMethod { get; init => field = Commands.PaymentMethod.Normal(value); }

    [Gateway]
    public string? Gateway { get; init; }

    [Id]
    public string? OrderId { get; init; }

    [Length(0, 1000)]
    public string? Description { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}

/// <summary>Changes description or metadata, or cancels a payment that is still pending.</summary>
[Command(Kind.Payment, "update", "payment", Undoable = true)]
public sealed record UpdatePayment : ICommand, IVersioned, IChecked
{
    [Key]
    public string PaymentId { get; init => field = value ?? ""; } = "";

    [Length(0, 1000)]
    public string? Description { get; init; }

    [OneOf(PaymentStatus.Cancelled)]
    public string? Status { get; init; }

    /// <summary>Members to remove; a null in a request's body is read as its name here.</summary>
    [Clears]
    public IReadOnlyList<string>? Clear { get; init; }

    [AtLeast("1")]
    public long? ExpectedVersion { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }

    void IChecked.Check(Violations violations)
    {
        violations.Something((Description ?? Status ?? (object?)Metadata) is not null, Clear);
        violations.Clearable(Clear, "description", "metadata");
    }
}

[Command(Kind.Payment, "delete", "payment", Undoable = true)]
public sealed record DeletePayment : ICommand, IVersioned
{
    [Key]
    public string PaymentId { get; init => field = value ?? ""; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }

    [AtLeast("1")]
    public long? ExpectedVersion { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}

/// <summary>What the gateway answered to a charge; sent by the effects, and by the timer that gives up waiting.</summary>
[Command(Kind.Payment, "record_charge", "payment", Internal = true)]
public sealed record RecordCharge : ICommand
{
    [Key]
    public string PaymentId { get; init => field = value ?? ""; } = "";

    [Required]
    public string EffectId { get; init => field = value ?? ""; } = "";

    public bool Approved { get; init; }

    /// <summary>Why not: <c>PAYMENT_DECLINED</c> (the default) or <c>GATEWAY_TIMEOUT</c>.</summary>
    public string? Code { get; init; }

    public string? Reason { get; init; }

    public string? GatewayReference { get; init; }
}
