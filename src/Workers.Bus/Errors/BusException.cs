namespace Workers.Bus;

/// <summary>What a bus throws; <see cref="Error"/> and the subclass say what happened, <see cref="MessageName"/> to which command or query.</summary>
public abstract class BusException : Exception
{
    private protected BusException(BusError error, string messageName, string text, Exception? inner = null)
        : base(text, inner) => (Error, MessageName) = (error, messageName);

    /// <summary>The kind of error.</summary>
    public BusError Error { get; }

    /// <summary>Registered name of the command or query; its type's where nothing is registered.</summary>
    public string MessageName { get; }
}

/// <summary>No handler is registered for the type or the name.</summary>
public sealed class HandlerNotFoundException : BusException
{
    internal HandlerNotFoundException(string messageName, string? why = null)
        : base(
            BusError.HandlerNotFound, messageName,
            why is null ? $"No handler is registered for {messageName}." : $"No handler is registered for {messageName}: {why}.")
    {
    }
}

/// <summary>The type or the name has a handler already; the first one stays.</summary>
public sealed class HandlerAlreadyRegisteredException : BusException
{
    internal HandlerAlreadyRegisteredException(string messageName)
        : base(BusError.HandlerAlreadyRegistered, messageName, $"A handler is already registered for {messageName}.")
    {
    }
}

/// <summary>The handler or a middleware threw something that is not the bus's; it is the <see cref="Exception.InnerException"/>.</summary>
public sealed class HandlerFailedException : BusException
{
    internal HandlerFailedException(string messageName, Exception inner)
        : base(BusError.HandlerFailed, messageName, $"{messageName} failed: {inner.Message}", inner)
    {
    }
}

/// <summary>The handler did not end in time. One that ignores its token goes on, unobserved.</summary>
public sealed class ExecutionTimeoutException : BusException
{
    internal ExecutionTimeoutException(string messageName, TimeSpan timeout)
        : base(BusError.ExecutionTimeout, messageName, $"{messageName} did not end within {timeout.TotalSeconds:0.###} s.") => Timeout = timeout;

    /// <summary>How long it had.</summary>
    public TimeSpan Timeout { get; }
}

/// <summary>Too many failures in a row: not tried.</summary>
public sealed class CircuitOpenException : BusException
{
    internal CircuitOpenException(string messageName, DateTimeOffset retryAt)
        : base(BusError.CircuitOpen, messageName, $"{messageName} is not tried until {retryAt:O}: too many failures.") => RetryAt = retryAt;

    /// <summary>When the next one is tried; past where that one is under way.</summary>
    public DateTimeOffset RetryAt { get; }
}

/// <summary>Over the limit: not tried.</summary>
public sealed class RateLimitedException : BusException
{
    internal RateLimitedException(string messageName, TimeSpan retryAfter)
        : base(BusError.RateLimited, messageName, $"{messageName} is over its limit; again in {retryAfter.TotalSeconds:0.###} s.") =>
        RetryAfter = retryAfter;

    /// <summary>When there is room again, if nobody else takes it.</summary>
    public TimeSpan RetryAfter { get; }
}

/// <summary>Nobody is signed in.</summary>
public sealed class UnauthorizedException : BusException
{
    /// <summary>For a middleware that checks by itself.</summary>
    /// <param name="messageName">Name of the command or query.</param>
    public UnauthorizedException(string messageName)
        : base(BusError.Unauthorized, messageName, "user not found in context")
    {
    }
}

/// <summary>Who is signed in lacks the role.</summary>
public sealed class ForbiddenException : BusException
{
    /// <summary>For a middleware that checks by itself.</summary>
    /// <param name="messageName">Name of the command or query.</param>
    /// <param name="role">The role that was required.</param>
    public ForbiddenException(string messageName, string role)
        : base(BusError.Forbidden, messageName, "insufficient permissions") => Role = role;

    /// <summary>The role that was required.</summary>
    public string Role { get; }
}
