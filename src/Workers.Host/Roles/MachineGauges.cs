using System.Diagnostics.Metrics;
using Workers.Engine.Telemetry;

namespace Workers.Host.Roles;

/// <summary>The machine's clock, and how much room it has for the data.</summary>
internal sealed class MachineGauges(string data, TimeProvider clock, EngineMeter meter) : IGauges
{
    public void Show()
    {
        meter.Gauge("workers.clock", "s", "This machine's time, seconds since 1970; Prometheus compares it with its own", () => One(clock.GetUtcNow().ToUnixTimeMilliseconds() / 1_000.0));
        meter.Gauge("workers.disk.free", "By", "Room that is left where the data directory is", () => Disk(drive => drive.AvailableFreeSpace));
        meter.Gauge("workers.disk.size", "By", "Room altogether where the data directory is", () => Disk(drive => drive.TotalSize));
    }

    public Task LookAsync(CancellationToken cancellation) => Task.CompletedTask;

    private Measurement<long>[] Disk(Func<DriveInfo, long> figure)
    {
        try
        {
            return One(figure(new DriveInfo(data)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static Measurement<T>[] One<T>(T value)
        where T : struct => [new(value)];
}
