namespace Workers.Engine.Health;

/// <summary>How well one part of the program is.</summary>
public enum HealthStatus
{
    Healthy,

    /// <summary>Something waits or lags; all that is promised still holds.</summary>
    Degraded,

    Unhealthy,
}

/// <param name="Detail">A sentence for people; null when there is nothing to say.</param>
public sealed record HealthReport(HealthStatus Status, string? Detail = null)
{
    public static HealthReport Healthy { get; } = new(HealthStatus.Healthy);
}

/// <summary>One named check of <c>/health</c>; all that are registered are asked.</summary>
public interface IHealth
{
    /// <summary>Such as <c>log</c>, <c>store</c>, <c>pumps</c>.</summary>
    string Name { get; }

    /// <summary>Whether the program can take requests at all without it: unhealthy then means not ready. Pumps that have not taken their partitions are.</summary>
    bool IsRequired { get; }

    ValueTask<HealthReport> CheckAsync(CancellationToken cancellation);
}
