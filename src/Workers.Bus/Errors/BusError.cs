namespace Workers.Bus;

/// <summary>What went wrong, for a <c>switch</c>: one value for each kind of <see cref="BusException"/>.</summary>
public enum BusError
{
    /// <summary>No handler is registered for the type or the name: <see cref="HandlerNotFoundException"/>.</summary>
    HandlerNotFound,

    /// <summary>The type or the name has a handler already: <see cref="HandlerAlreadyRegisteredException"/>.</summary>
    HandlerAlreadyRegistered,

    /// <summary>The message breaks its rules or cannot be read: <see cref="MessageInvalidException"/>.</summary>
    Validation,

    /// <summary>The handler did not end in time: <see cref="ExecutionTimeoutException"/>.</summary>
    ExecutionTimeout,

    /// <summary>Not tried, after too many failures: <see cref="CircuitOpenException"/>.</summary>
    CircuitOpen,

    /// <summary>Not tried, over the limit: <see cref="RateLimitedException"/>.</summary>
    RateLimited,

    /// <summary>Nobody is signed in: <see cref="UnauthorizedException"/>.</summary>
    Unauthorized,

    /// <summary>Who is signed in lacks the role: <see cref="ForbiddenException"/>.</summary>
    Forbidden,

    /// <summary>The handler or a middleware threw something of its own: <see cref="HandlerFailedException"/>.</summary>
    HandlerFailed,
}
