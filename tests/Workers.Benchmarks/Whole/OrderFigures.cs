using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Workers.Benchmarks.Report;
using Workers.Benchmarks.Store;

namespace Workers.Benchmarks.Whole;

/// <summary>G1: orders from the POST to the end of their flow.</summary>
internal static class OrderFigures
{
    public const int Products = 1_000;

    // Each waits for the commit of its order, so they bound the orders of a commit.
    private const int Connections = 256;

    // Of one order: six commands, four flow records.
    private const int Executed = 10;

    /// <param name="table">Gets the figures.</param>
    /// <param name="orders">Of the measured run; half as many are sent before it.</param>
    public static async Task RunAsync(Table table, int orders)
    {
        var writer = await StoreBenchmark.FlushesAsync(4, 10_000);
        var roles = Environment.GetEnvironmentVariable("BENCH_ROLES") ?? "all";
        using var host = new HostProcess(roles);
        var port = await host.Port;
        await StockAsync(port);
        await FlowAsync(host, port, "w", orders / 2, 0);
        await FollowedAsync(host);
        var (cpu, threads) = (host.CpuSeconds, host.ThreadSeconds);
        var (rate, _) = await FlowAsync(host, port, "f", orders, 0);
        var followed = await FollowedAsync(host);
        var ((memory, files), micros) = (host.ResidentMegabytes, (host.CpuSeconds - cpu) * 1e6 / orders);
        table.Add(new Figure("G1", $"orders, POST to Confirmed, 256 connections, roles {roles}", rate, "/s")
        {
            Wanted = 4_000,
            CeilingOf = "the writer alone, ten commands and flow records an order",
            Ceiling = writer / Executed,
            Durability = "fsync",
            Payload = "350 B",
            Batch = "≤ 500",
            Note = FormattableString.Invariant($"{micros:N0} µs of the program's processor time an order; lists, audit, figures and feeds whole {followed:N1} s later"),
        });
        table.Add(new Figure("G1", "memory under that load", memory, "MB") { Wanted = 250, LessIsBetter = true, Note = $"{files} of them pages of mapped files" });
        foreach (var (name, seconds) in host.ThreadSeconds.OrderByDescending(t => t.Value - threads.GetValueOrDefault(t.Key)).Take(14))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {name,-16} {(seconds - threads.GetValueOrDefault(name)) * 1e6 / orders,6:F0} us an order"));
        }

        var (_, ms) = await FlowAsync(host, port, "h", Math.Max(1_000, (int)(rate / 2) * 5), rate / 2);
        table.Add(new Figure("G1", "at half that rate, POST to Confirmed, p99", ms.At(.99), "ms")
        {
            Wanted = 100,
            LessIsBetter = true,
            Durability = "fsync",
            Payload = "350 B",
            P50Ms = ms.At(.5),
            P99Ms = ms.At(.99),
        });
    }

    /// <summary>Returns when every group that follows the log has read all events; in how many seconds.</summary>
    private static async Task<double> FollowedAsync(HostProcess host)
    {
        var clock = Stopwatch.StartNew();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        foreach (var (file, group) in new[] { ("reads.db", "projections"), ("reads.db", "audit"), ("reads.db", "metrics"), ("workers.db", "feeds") })
        {
            while (await BehindAsync(host, file, group))
            {
                await tick.WaitForNextTickAsync();
                if (clock.Elapsed > TimeSpan.FromMinutes(3))
                {
                    throw new TimeoutException($"{group} has not read everything.");
                }
            }
        }

        return clock.Elapsed.TotalSeconds;
    }

    private static async Task<bool> BehindAsync(HostProcess host, string file, string group)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(host.Data, file)};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"ATTACH '{Path.Combine(host.Data, "workers.db")}' AS log_of";
        await command.ExecuteNonQueryAsync();
        command.CommandText = """
            SELECT count(*) FROM positions p WHERE p.grp = @group AND p.topic = 'workers.events' AND p.off <= (
                SELECT l.seq FROM log_of.log l JOIN log_of.topics t ON t.id = l.topic WHERE t.name = p.topic AND l.part = p.part ORDER BY l.seq DESC LIMIT 1)
            """;
        command.Parameters.AddWithValue("@group", group);
        return (long)(await command.ExecuteScalarAsync())! > 0;
    }

    public static Task StockAsync(int port) => Load.RunAsync(
        port, 16, Products, 201, i => Connection.Request("/api/v1/products", $$"""{"product_id":"p{{i}}","name":"P","price":10,"stock":100000000}"""));

    public static async Task<(double PerSecond, double[] Ms)> FlowAsync(HostProcess host, int port, string run, int orders, double rate)
    {
        using var file = new SqliteConnection($"Data Source={Path.Combine(host.Data, "workers.db")};Mode=ReadOnly");
        file.Open();
        var before = Count(file);
        var clock = Stopwatch.StartNew();
        await Load.RunAsync(port, Connections, orders, 202, i => Order(run, i), rate);
        await ConfirmedAsync(file, before, orders);
        return (orders / clock.Elapsed.TotalSeconds, Latencies(file, run));
    }

    /// <summary>Returns when so many more orders are confirmed than were before.</summary>
    public static async Task ConfirmedAsync(SqliteConnection file, long before, long orders)
    {
        var clock = Stopwatch.StartNew();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Count(file) < before + orders)
        {
            await tick.WaitForNextTickAsync();
            if (clock.Elapsed > TimeSpan.FromMinutes(3))
            {
                throw new TimeoutException($"{Count(file) - before} of {orders} orders are confirmed.");
            }
        }
    }

    public static byte[] Order(string run, int i) => Connection.Request(
        "/api/v1/orders",
        $$$"""{"customer_id":"c{{{i % 100}}}","items":[{"product_id":"p{{{i % Products}}}","sku":"S","quantity":1,"unit_price":10}],"shipping_address":{"street":"1 Main","city":"S","state":"IL","zip":"62701","country":"US"},"payment":{"method":"card"},"metadata":{"run":"{{{run}}}","sent":"{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}}"}}""",
        "Prefer: respond-async\r\n");

    public static long Count(SqliteConnection file)
    {
        using var command = file.CreateCommand();
        command.CommandText = "SELECT count(*) FROM state WHERE kind='flow:order' AND label='Confirmed'";
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>From the client's own time in the order's metadata to a step of its flow.</summary>
    /// <param name="file">The store.</param>
    /// <param name="run">Its orders.</param>
    /// <param name="step">As JSON paths count them; else the last.</param>
    public static double[] Latencies(SqliteConnection file, string run, string step = "#-1")
    {
        var sent = new Dictionary<string, long>();
        Read(
            file, "SELECT key, json_extract(CAST(data AS TEXT), '$.metadata.sent') FROM state WHERE key > x'6f7264657201' AND key < x'6f7264657202' "
            + "AND json_extract(CAST(data AS TEXT), '$.metadata.run') = @run", run,
            row => sent[new Guid(((byte[])row[0])[6..], bigEndian: true).ToString()] = long.Parse(row.GetString(1), CultureInfo.InvariantCulture));
        var ms = new List<double>();
        Read(
            file, $"SELECT json_extract(CAST(data AS TEXT), '$.order_id'), json_extract(CAST(data AS TEXT), '$.steps[{step}].at') FROM state WHERE kind = 'flow:order' AND label = 'Confirmed'", run,
            row =>
            {
                if (sent.TryGetValue(row.GetString(0), out var from))
                {
                    ms.Add(DateTimeOffset.Parse(row.GetString(1), CultureInfo.InvariantCulture).ToUnixTimeMilliseconds() - from);
                }
            });
        if (ms.Count == 0)
        {
            throw new InvalidOperationException($"No order of run {run} is found.");
        }

        ms.Sort();
        return [.. ms];
    }

    private static void Read(SqliteConnection file, string sql, string run, Action<SqliteDataReader> each)
    {
        using var command = file.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("@run", run);
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            each(rows);
        }
    }
}
