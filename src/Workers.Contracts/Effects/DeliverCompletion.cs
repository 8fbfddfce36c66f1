namespace Workers.Contracts.Effects;

/// <summary>Tells a subscription that a command has ended. The idempotency key is <see cref="DeliveryId"/>, the <c>webhook-id</c>.</summary>
public sealed record DeliverCompletion : IEffect
{
    public required string DeliveryId { get; init; }
    public required string SubscriptionId { get; init; }
    public required string CommandId { get; init; }
    public required string CommandType { get; init; }

    /// <summary><c>command.executed</c>, …</summary>
    public required string Event { get; init; }

    /// <summary>The command's JSON.</summary>
    public required string Data { get; init; }

    public int? Redeliveries { get; init; }

    // Not by subscription: a delivery that is tried again holds up no other.
    string IEffect.Key => DeliveryId;
    string IEffect.IdempotencyKey => DeliveryId;
}
