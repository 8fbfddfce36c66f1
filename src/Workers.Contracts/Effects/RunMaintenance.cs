namespace Workers.Contracts.Effects;

/// <summary>Long work on the platform's own stores, outside any transaction. The idempotency key is <see cref="CommandId"/>.</summary>
public sealed record RunMaintenance : IEffect
{
    public required string CommandId { get; init; }

    /// <summary>cleanup, rebuild_projection, warm_cache; cleanup_lists.</summary>
    public required string Action { get; init; }

    string IEffect.Key => Action;
    string IEffect.IdempotencyKey => CommandId;
}
