using System.ComponentModel.DataAnnotations;
using Workers.Bus.Middleware;

namespace Workers.Bus;

/// <summary>
/// What is configured from outside: a plain object that configuration binds, with the defaults of production. <c>CommandBus</c> and
/// <c>QueryBus</c> make the options of buses of it.
/// </summary>
public sealed class BusSettings
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>Of commands.</summary>
    public CommandSettings Command { get; set; } = new();

    /// <summary>Of queries.</summary>
    public QuerySettings Query { get; set; } = new();

    /// <summary>Of circuit breakers.</summary>
    public CircuitBreakerSettings CircuitBreaker { get; set; } = new();

    /// <summary>Options of a command bus: the given middleware, inside it a circuit breaker, innermost the time-out.</summary>
    public CommandBusOptions CommandBus(params IEnumerable<ICommandMiddleware> outer) => CommandBus(TimeProvider.System, outer);

    /// <summary>The same by another clock.</summary>
    public CommandBusOptions CommandBus(TimeProvider time, params IEnumerable<ICommandMiddleware> outer) => new()
    {
        InitialCapacity = Command.InitialCapacity,
        EnableMetrics = Command.EnableMetrics,
        Middleware =
        [
            .. outer,
            new CircuitBreakerMiddleware(CircuitBreaker.FailureThreshold, CircuitBreaker.Timeout, time: time),
            new TimeoutMiddleware(Command.Timeout, time),
        ],
    };

    /// <summary>Options of a query bus: the given middleware, inside it the cache, innermost the retries, half a second apart at first.</summary>
    public QueryBusOptions QueryBus(params IEnumerable<IQueryMiddleware> outer) => new()
    {
        InitialCapacity = Query.InitialCapacity,
        Middleware = [.. outer, new CachingMiddleware(Query.CacheTtl), new RetryMiddleware(Query.MaxRetries, RetryDelay)],
    };

    /// <summary>Of commands.</summary>
    public sealed class CommandSettings
    {
        /// <summary>Room for this many types of command before the table grows. Default 256.</summary>
        [Range(0, 1_000_000)]
        public int InitialCapacity { get; set; } = 256;

        /// <summary>Count and time every command. Default true.</summary>
        public bool EnableMetrics { get; set; } = true;

        /// <summary>How long a handler may take. Default 30 s.</summary>
        [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
        public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
    }

    /// <summary>Of queries.</summary>
    public sealed class QuerySettings
    {
        /// <summary>Room for this many types of query before the table grows. Default 256.</summary>
        [Range(0, 1_000_000)]
        public int InitialCapacity { get; set; } = 256;

        /// <summary>How long an answer is given again. Default 10 minutes.</summary>
        [Range(typeof(TimeSpan), "00:00:00.001", "365.00:00:00")]
        public TimeSpan CacheTtl { get; set; } = TimeSpan.FromMinutes(10);

        /// <summary>Tries after the first one, where an error is transient. Default 3.</summary>
        [Range(0, 100)]
        public int MaxRetries { get; set; } = 3;
    }

    /// <summary>Of circuit breakers.</summary>
    public sealed class CircuitBreakerSettings
    {
        /// <summary>Failures that open a circuit. Default 10.</summary>
        [Range(1, 1_000_000)]
        public int FailureThreshold { get; set; } = 10;

        /// <summary>How long it stays open. Default 30 s.</summary>
        [Range(typeof(TimeSpan), "00:00:00.500", "1.00:00:00")]
        public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
    }
}
