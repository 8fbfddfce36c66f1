using System.Diagnostics.Metrics;
using Workers.Engine.Health;

namespace Workers.Engine.Telemetry;

/// <summary>How each part of this process is, as <c>/health/ready</c> tells it.</summary>
public sealed class HealthGauges(IEnumerable<IHealth> checks, EngineMeter meter) : IGauges
{
    private readonly IHealth[] _checks = [.. checks];
    private IReadOnlyList<(string Name, HealthStatus Status)> _sample = [];

    public void Show() => meter.Gauge(
        "workers.health.status", "", "How each part is: 0 healthy, 1 degraded, 2 unhealthy, so that the process is not ready",
        () => Volatile.Read(ref _sample).Select(one => new Measurement<int>((int)one.Status, new KeyValuePair<string, object?>("check", one.Name))));

    public async Task LookAsync(CancellationToken cancellation) =>
        Volatile.Write(ref _sample, await Task.WhenAll(_checks.Select(async check => (check.Name, await StatusAsync(check, cancellation).ConfigureAwait(false)))).ConfigureAwait(false));

    private static async Task<HealthStatus> StatusAsync(IHealth check, CancellationToken cancellation)
    {
        HealthStatus status;
        try
        {
            status = (await check.CheckAsync(cancellation).ConfigureAwait(false)).Status;
        }
#pragma warning disable CA1031 // A check that throws is what it looks for: the part is not well.
        catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
        {
            status = HealthStatus.Unhealthy;
        }

        // What is not required only degrades.
        return status == HealthStatus.Unhealthy && !check.IsRequired ? HealthStatus.Degraded : status;
    }
}
