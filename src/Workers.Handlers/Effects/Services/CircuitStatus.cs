namespace Workers.Handlers.Effects.Services;

/// <summary>The circuit breaker of one service.</summary>
/// <param name="Name">Of the service: <c>gateway:stripe</c>, <c>notifications</c>.</param>
/// <param name="State">closed, open, half_open.</param>
/// <param name="Failures">Failed calls since the last one that was answered.</param>
/// <param name="OpenedAt">Null while closed.</param>
/// <param name="RetryAt">When a call is let through again; null while closed.</param>
public sealed record CircuitStatus(string Name, string State, int Failures, DateTimeOffset? OpenedAt, DateTimeOffset? RetryAt);
