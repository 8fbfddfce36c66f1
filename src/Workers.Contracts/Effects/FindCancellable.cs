using Workers.Contracts.Commands;

namespace Workers.Contracts.Effects;

/// <summary>Looks in the list of commands for the next ones that a cancellation of many finds. The idempotency key is <see cref="OperationId"/> and <see cref="After"/>.</summary>
public sealed record FindCancellable : IEffect
{
    public required string OperationId { get; init; }

    public required WaitingFilter Filter { get; init; }

    /// <summary>Where the page before ended; absent for the first.</summary>
    public string? After { get; init; }

    string IEffect.Key => OperationId;
    string IEffect.IdempotencyKey => $"{OperationId}/{After}";
}
