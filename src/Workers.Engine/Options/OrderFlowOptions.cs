using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:OrderFlow</c>: how long the order flow waits for each step's answer before it compensates.</summary>
public sealed class OrderFlowOptions
{
    /// <summary>Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan ReserveTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Default 15 min; a charge that succeeds after it is refunded.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan ChargeTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan ConfirmTimeout { get; set; } = TimeSpan.FromMinutes(5);
}
