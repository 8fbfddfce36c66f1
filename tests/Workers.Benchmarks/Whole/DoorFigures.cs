using Workers.Benchmarks.Report;
using Workers.Benchmarks.Store;

namespace Workers.Benchmarks.Whole;

/// <summary>G4: durable accepts over HTTP, beside the bare answer of the same server library and the appends of as many callers without HTTP.</summary>
internal static class DoorFigures
{
    private const int Connections = 64;
    private const int Warm = 20_000;
    private static readonly string Reason = new('r', 60);

    public static async Task RunAsync(Table table, int requests)
    {
        var bare = await BareAsync(requests / 2);
        var appends = await StoreBenchmark.AppendsAsync(Connections, 1_000);
        using var host = new HostProcess("api");
        var port = await host.Port;
        await Load.RunAsync(port, Connections, Warm, 202, Request);
        var cpu = host.CpuSeconds;
        var (rate, ms) = await Load.RunAsync(port, Connections, requests, 202, Request);
        var figure = new Figure("G4", "accept over HTTP, 202 after fsync, 64 connections", rate, "/s")
        {
            Wanted = 35_000,
            CeilingOf = "Kestrel's bare answer",
            Ceiling = bare,
            Durability = "fsync",
            Payload = "140 B",
            Batch = "as they come",
            P50Ms = ms.At(.5),
            P99Ms = ms.At(.99),
            Note = FormattableString.Invariant($"{(host.CpuSeconds - cpu) * 1e6 / requests:F0} µs of the server's processor time each"),
        };
        table.Add(figure);
        table.Add(figure with { What = "the same beside appends of 64 callers without HTTP", Wanted = null, CeilingOf = "the appends", Ceiling = appends, Note = null });
        table.Add(new Figure("G4", "p99 of the accepts", ms.At(.99), "ms") { Wanted = 10, LessIsBetter = true, Durability = "fsync", Payload = "140 B" });
    }

    public static byte[] Request(int i) => Connection.Request(
        "/api/v1/commands/execute-async",
        $$"""{"type":"AdjustInventory","product_id":"p{{i % 10_000}}","action":"add","quantity":1,"reason":"{{Reason}}"}""");

    private static async Task<double> BareAsync(int requests)
    {
        using var bare = new BareServer();
        var port = await bare.Port;
        await Load.RunAsync(port, Connections, Warm, 202, Request);
        return (await Load.RunAsync(port, Connections, requests, 202, Request)).PerSecond;
    }
}
