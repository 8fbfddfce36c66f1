namespace Workers.Contracts.Effects;

/// <summary>Has a command executed by a handler outside. The idempotency key is <see cref="CommandId"/>.</summary>
public sealed record CallHandler : IEffect
{
    public required string CommandId { get; init; }
    public required string CommandKey { get; init; }
    public required string CommandType { get; init; }
    public required string Handler { get; init; }

    /// <summary>Which registration of the handler it was sent to; another may have it by now.</summary>
    public long Registration { get; init; }

    /// <summary>The command's data as JSON.</summary>
    public required string Data { get; init; }

    public string? UserId { get; init; }
    public string? CorrelationId { get; init; }
    public string? Caller { get; init; }
    public long SubmittedMs { get; init; }

    string IEffect.Key => CommandKey;
    string IEffect.IdempotencyKey => CommandId;
}
