using Workers.Engine.Health;

namespace Workers.Host.Roles;

/// <summary>Whether there is room where the data directory is.</summary>
/// <param name="data">The directory.</param>
/// <param name="required">The log or the state is there: without room nothing is accepted.</param>
internal sealed class DiskHealth(string data, bool required) : IHealth
{
    /// <summary>Below this somebody should make room.</summary>
    public const long Little = 1L << 30;

    private const long None = 4 << 20;

    public string Name => "disk";

    public bool IsRequired => required;

    public ValueTask<HealthReport> CheckAsync(CancellationToken cancellation)
    {
        try
        {
            var free = new DriveInfo(data).AvailableFreeSpace;
            return ValueTask.FromResult(free >= Little ? HealthReport.Healthy : new HealthReport(
                free < None ? HealthStatus.Unhealthy : HealthStatus.Degraded, $"{free >> 20:N0} MiB left where {data} is; make room, or give the volume more"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ValueTask.FromResult(new HealthReport(HealthStatus.Degraded, $"{data}: {error.Message}"));
        }
    }
}
