using System.Globalization;

namespace Workers.Benchmarks.Whole;

/// <summary>G4: durable accepts over HTTP.</summary>
internal static class DoorFigures
{
    private static readonly string Reason = new('r', 60);

    public static async Task RunAsync(int requests)
    {
        using var host = new HostProcess("api");
        var port = await host.Port;
        await Load.RunAsync(port, 64, 20_000, 202, Request);
        var cpu = host.CpuSeconds;
        var (rate, ms) = await Load.RunAsync(port, 64, requests, 202, Request);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"G4 durable accept, 64 connections, 202 after fsync: {rate:N0}/s, p50 {ms.At(.5):F1} ms, p99 {ms.At(.99):F1} ms, server CPU {(host.CpuSeconds - cpu) * 1e6 / requests:F0} µs a request"));
    }

    private static byte[] Request(int i) => Connection.Request(
        "/api/v1/commands/execute-async",
        $$"""{"type":"AdjustInventory","product_id":"p{{i % 10_000}}","action":"add","quantity":1,"reason":"{{Reason}}"}""");
}
