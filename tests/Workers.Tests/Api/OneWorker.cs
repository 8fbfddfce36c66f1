using Workers.Contracts;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Tests.Api;

/// <summary>One worker, which serves all of the commands.</summary>
internal sealed class OneWorker : IWorkerStore
{
    public Task BeatAsync(string id, byte[] report, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<IReadOnlyList<WorkerRow>> ListAsync(CancellationToken cancellation)
    {
        var report = new WorkerReport(
            "host", 1, "1.0.0", ["commands"], WorkerReport.Working, 1_000, 2_000, [.. Enumerable.Range(0, 4).Select(n => new ServedPartition("commands", Topics.Commands, n, 0, 0, 0))],
            [], []);
        return Task.FromResult<IReadOnlyList<WorkerRow>>([new WorkerRow("host-1", 2_000, 500, report.ToBytes())]);
    }
}
