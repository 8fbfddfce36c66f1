using System.ComponentModel.DataAnnotations;

namespace Workers.Host.Configuration;

/// <summary><c>Workers:Bus</c>: the command and query buses.</summary>
internal sealed class BusSettings
{
    public CommandSettings Command { get; set; } = new();

    public QuerySettings Query { get; set; } = new();

    public BreakerSettings CircuitBreaker { get; set; } = new();

    public sealed class CommandSettings
    {
        /// <summary>Room for command types before the table grows. Default 256.</summary>
        [Range(0, 65_536)]
        public int InitialCapacity { get; set; } = 256;

        /// <summary>Count and time every dispatch. Default true.</summary>
        public bool EnableMetrics { get; set; } = true;

        /// <summary>How long a handler may take. Default 30 s.</summary>
        [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
        public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
    }

    public sealed class QuerySettings
    {
        /// <summary>Room for query types before the table grows. Default 256.</summary>
        [Range(0, 65_536)]
        public int InitialCapacity { get; set; } = 256;

        /// <summary>How long an answer is given again. Default 10 min.</summary>
        [Range(typeof(TimeSpan), "00:00:00.001", "7.00:00:00")]
        public TimeSpan CacheTtl { get; set; } = TimeSpan.FromMinutes(10);

        /// <summary>Further tries after a transient error. Default 3.</summary>
        [Range(0, 100)]
        public int MaxRetries { get; set; } = 3;
    }

    public sealed class BreakerSettings
    {
        /// <summary>Failures in a row that open a circuit. Default 10.</summary>
        [Range(1, 100_000)]
        public int FailureThreshold { get; set; } = 10;

        /// <summary>How long it stays open. Default 30 s.</summary>
        [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
        public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
    }
}
