using System.Text.Json.Serialization;

namespace Workers.Contracts.Effects;

/// <summary>A call to the outside world: executed outside any transaction, at least once, with the same idempotency key every time.</summary>
public interface IEffect
{
    /// <summary>The aggregate that asked for it: effects of one key are executed in order.</summary>
    [JsonIgnore]
    string Key { get; }

    /// <summary>By which whoever is called knows a repeat; unlike that of any other call.</summary>
    [JsonIgnore]
    string IdempotencyKey { get; }
}

/// <summary>Takes the money of a payment. The idempotency key is <see cref="EffectId"/>.</summary>
public sealed record ChargePayment : IEffect
{
    public required string PaymentId { get; init; }
    public required string EffectId { get; init; }
    public required decimal Amount { get; init; }
    public required string Currency { get; init; }
    public required string Gateway { get; init; }
    public string? PaymentMethod { get; init; }
    public string? UserId { get; init; }
    public string? OrderId { get; init; }
    public string? Description { get; init; }

    string IEffect.Key => PaymentId;
    string IEffect.IdempotencyKey => EffectId;
}

/// <summary>
/// Gives money back. The idempotency key is <c>refund-</c> and <see cref="RefundId"/>: a charge that came too late is given back by its own id.
/// </summary>
public sealed record RefundCharge : IEffect
{
    public required string PaymentId { get; init; }
    public required string RefundId { get; init; }
    public required decimal Amount { get; init; }
    public required string Currency { get; init; }
    public required string Gateway { get; init; }
    public string? GatewayReference { get; init; }
    public string? Reason { get; init; }

    string IEffect.Key => PaymentId;
    string IEffect.IdempotencyKey => $"refund-{RefundId}";
}

/// <summary>Hands a notification to its channel. The idempotency key is <see cref="NotificationId"/>.</summary>
public sealed record DeliverNotification : IEffect
{
    public required string NotificationId { get; init; }
    public required string UserId { get; init; }
    public required string Channel { get; init; }
    public required string Title { get; init; }
    public required string Message { get; init; }
    public string? Type { get; init; }
    public string? Priority { get; init; }
    public Dictionary<string, string>? Metadata { get; init; }

    string IEffect.Key => NotificationId;
    string IEffect.IdempotencyKey => NotificationId;
}
