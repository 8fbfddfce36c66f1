namespace Workers.Bus;

/// <summary>What a bus throws; the subclass says what happened, <see cref="MessageName"/> to which command or query.</summary>
public abstract class BusException(string messageName, string text, Exception? inner = null) : Exception(text, inner)
{
    public string MessageName { get; } = messageName;
}

/// <summary>No handler is registered for the type or the name.</summary>
public sealed class HandlerNotFoundException(string messageName, string? why = null)
    : BusException(messageName, why is null ? $"No handler is registered for {messageName}." : $"No handler is registered for {messageName}: {why}.");

/// <summary>The type or the name has a handler already; the first one stays.</summary>
public sealed class HandlerAlreadyRegisteredException(string messageName)
    : BusException(messageName, $"A handler is already registered for {messageName}.");

/// <summary>The handler or a middleware threw something that is not the bus's; it is the <see cref="Exception.InnerException"/>.</summary>
public sealed class HandlerFailedException(string messageName, Exception inner)
    : BusException(messageName, $"{messageName} failed: {inner.Message}", inner);

/// <summary>The handler did not end in time. One that ignores its token goes on, unobserved.</summary>
public sealed class ExecutionTimeoutException(string messageName, TimeSpan timeout)
    : BusException(messageName, $"{messageName} did not end within {timeout.TotalSeconds:0.###} s.")
{
    public TimeSpan Timeout { get; } = timeout;
}

/// <summary>Too many failures in a row: not tried.</summary>
public sealed class CircuitOpenException(string messageName, DateTimeOffset retryAt)
    : BusException(messageName, $"{messageName} is not tried until {retryAt:O}: too many failures.")
{
    public DateTimeOffset RetryAt { get; } = retryAt;
}

/// <summary>Over the limit: not tried.</summary>
public sealed class RateLimitedException(string messageName, TimeSpan retryAfter)
    : BusException(messageName, $"{messageName} is over its limit; again in {retryAfter.TotalSeconds:0.###} s.")
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>Nobody is signed in.</summary>
public sealed class UnauthorizedException(string messageName) : BusException(messageName, "user not found in context");

/// <summary>Who is signed in lacks the role.</summary>
public sealed class ForbiddenException(string messageName, string role) : BusException(messageName, "insufficient permissions")
{
    /// <summary>The role that was required.</summary>
    public string Role { get; } = role;
}
