using NUnit.Framework;

namespace Workers.EndToEnd.Operations;

/// <summary>Sends traffic to the shared program once; and where there is a Prometheus, starts one that scrapes it meanwhile.</summary>
[SetUpFixture]
public sealed class Observed
{
    private static RunningPrometheus? s_prometheus;

    /// <summary>Null where <c>WORKERS_TEST_PROMETHEUS</c> names none.</summary>
    internal static RunningPrometheus? Prometheus => s_prometheus;

    [OneTimeSetUp]
    public async Task Start()
    {
        if (Environment.GetEnvironmentVariable(RunningPrometheus.Variable) is { Length: > 0 } binary)
        {
            s_prometheus = await RunningPrometheus.StartAsync(binary, SharedProgram.Api.Address);
        }

        await Traffic.SendAsync(SharedProgram.Api);
    }

    [OneTimeTearDown]
    public void Stop() => s_prometheus?.Dispose();
}
