using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Workers.Benchmarks.Whole;

/// <summary>G1: orders from the POST to the end of their flow.</summary>
internal static class OrderFigures
{
    private const int Products = 1_000;

    public static async Task RunAsync(int orders)
    {
        using var host = new HostProcess(Environment.GetEnvironmentVariable("BENCH_ROLES") ?? "all");
        var port = await host.Port;
        await Load.RunAsync(port, 16, Products, 201, i => Connection.Request("/api/v1/products", $$"""{"product_id":"p{{i}}","name":"P","price":10,"stock":100000000}"""));
        await FlowAsync(host, port, "w", 5_000, 0);
        var (rate, _) = await FlowAsync(host, port, "f", orders, 0);
        var memory = host.ResidentBytes;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"G1 order flow, POST to Confirmed, all roles: {rate:N0} orders/s, {memory >> 20} MB resident"));
        var (_, ms) = await FlowAsync(host, port, "h", Math.Max(1_000, (int)(rate / 2) * 5), rate / 2);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"G1 at half load: POST to Confirmed p50 {ms.At(.5):F0} ms, p99 {ms.At(.99):F0} ms"));
    }

    private static async Task<(double PerSecond, double[] Ms)> FlowAsync(HostProcess host, int port, string prefix, int orders, double rate)
    {
        using var file = new SqliteConnection($"Data Source={Path.Combine(host.Data, "workers.db")};Mode=ReadOnly");
        file.Open();
        var before = Count(file);
        var clock = Stopwatch.StartNew();
        await Load.RunAsync(port, 64, orders, 202, i => Order($"{prefix}{i}", i), rate);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Count(file) < before + orders)
        {
            await tick.WaitForNextTickAsync();
            if (clock.Elapsed > TimeSpan.FromMinutes(3))
            {
                throw new TimeoutException($"{Count(file) - before} of {orders} orders are confirmed.");
            }
        }

        return (orders / clock.Elapsed.TotalSeconds, Latencies(file, prefix));
    }

    private static byte[] Order(string id, int i) => Connection.Request(
        "/api/v1/orders",
        $$$"""{"order_id":"{{{id}}}","customer_id":"c{{{i % 100}}}","items":[{"product_id":"p{{{i % Products}}}","sku":"S","quantity":1,"unit_price":10}],"shipping_address":{"street":"1 Main","city":"S","state":"IL","zip":"62701","country":"US"},"payment":{"method":"card"},"metadata":{"sent":"{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}}"}}""",
        "Prefer: respond-async\r\n");

    private static long Count(SqliteConnection file)
    {
        using var command = file.CreateCommand();
        command.CommandText = "SELECT count(*) FROM state WHERE kind='flow:order' AND label='Confirmed'";
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>From the client's own time in the order's metadata to the flow's last step.</summary>
    private static double[] Latencies(SqliteConnection file, string prefix)
    {
        using var command = file.CreateCommand();
        command.CommandText = """
            SELECT json_extract(o.data,'$.metadata.sent'), json_extract(f.data,'$.steps[#-1].at')
            FROM state f JOIN state o ON o.key = CAST('order' AS BLOB) || x'00' || CAST(json_extract(f.data,'$.order_id') AS BLOB)
            WHERE f.kind='flow:order' AND json_extract(f.data,'$.order_id') LIKE @prefix
            """;
        command.Parameters.AddWithValue("@prefix", prefix + "%");
        using var rows = command.ExecuteReader();
        var ms = new List<double>();
        while (rows.Read())
        {
            var sent = long.Parse(rows.GetString(0), CultureInfo.InvariantCulture);
            ms.Add(DateTimeOffset.Parse(rows.GetString(1), CultureInfo.InvariantCulture).ToUnixTimeMilliseconds() - sent);
        }

        ms.Sort();
        return ms.Count > 0 ? [.. ms] : [double.NaN];
    }
}
