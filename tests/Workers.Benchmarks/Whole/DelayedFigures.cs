using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Workers.Benchmarks.Report;

namespace Workers.Benchmarks.Whole;

/// <summary>
/// Commands of one moment by the hundred thousand: how fast they run beside as many that waited in the log, and what that does to schedules that fire each second.
/// </summary>
internal static class DelayedFigures
{
    private const int Connections = 64;
    private const int Schedules = 20;

    // So many are accepted a second at least: what is due is far enough away.
    private const int Accepted = 1_500;

    public static async Task RunAsync(Table table, int commands)
    {
        var data = Directory.CreateTempSubdirectory("workers-bench-").FullName;
        try
        {
            using (var door = new HostProcess("api", data: data))
            {
                await Load.RunAsync(await door.Port, Connections, commands, 202, i => Connection.Request("/api/v1/commands/queue", Product($"q{i}")));
            }

            using var host = new HostProcess(Environment.GetEnvironmentVariable("BENCH_ROLES") ?? "api,commands,scheduler", data: data);
            using var file = new SqliteConnection($"Data Source={Path.Combine(data, "workers.db")};Mode=ReadOnly");
            file.Open();
            var (waited, _) = await DrainAsync(file, 0, commands);
            await FiresAsync(table, host, file, commands, waited);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task FiresAsync(Table table, HostProcess host, SqliteConnection file, int commands, double waited)
    {
        var port = await host.Port;
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        for (var i = 0; i < Schedules; i++)
        {
            var made = await http.PostAsJsonAsync("/api/v1/commands/schedule", JsonNode.Parse($$"""{"schedule_id":"s{{i}}","cron":"* * * * * ?","command":{{Product(null)}}}"""));
            made.EnsureSuccessStatusCode();
        }

        var due = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + Math.Max(10, commands / Accepted));
        var at = due.ToString("O", CultureInfo.InvariantCulture);
        var (accepted, _) = await Load.RunAsync(port, Connections, commands, 201, i => Connection.Request("/api/v1/commands/schedule", $$"""{"command":{{Product($"d{i}")}},"at":"{{at}}"}"""));
        await UntilAsync(() => Count(file, "SELECT count(*) FROM timers") >= commands);
        await UntilAsync(() => DateTimeOffset.UtcNow >= due);
        var before = Count(file, "SELECT coalesce(max(seq), 0) FROM events");
        var (rate, seconds) = await DrainAsync(file, before, commands);
        await UntilAsync(() => Count(file, "SELECT count(*) FROM timers") == 0);
        var wrong = Count(file, "SELECT count(*) FROM outcomes WHERE state NOT IN (2, 4)");
        if (wrong > 0)
        {
            throw new InvalidOperationException($"{wrong} commands did not succeed.");
        }

        table.Add(new Figure("–", $"{commands:N0} commands due at one moment, executed", rate, "/s")
        {
            CeilingOf = "as many that waited in the log",
            Ceiling = waited,
            Durability = "fsync",
            Payload = "90 B",
            Batch = "≤ 500",
            Note = FormattableString.Invariant($"within {seconds:F1} s of it; accepted at {accepted:N0}/s"),
        });
        var (during, others) = await DelaysAsync(http, due.ToUnixTimeMilliseconds(), seconds * 1_000);
        table.Add(new Figure("–", $"{Schedules} schedules that fire each second meanwhile, from due to appended, median", during.At(.5), "ms")
        {
            LessIsBetter = true,
            CeilingOf = "the same at other times",
            Ceiling = others.At(.5),
            Durability = "fsync",
            Note = FormattableString.Invariant($"{during.Length} times, most {during[^1]:F0} ms; at other times most {others[^1]:F0} ms"),
        });
    }

    /// <summary>From when the first of them is executed to the last.</summary>
    private static async Task<(double PerSecond, double Seconds)> DrainAsync(SqliteConnection file, long before, int commands)
    {
        long done = 0;
        var whole = Stopwatch.StartNew();
        await UntilAsync(() => (done = Done()) > 0);
        var (first, clock) = (done, Stopwatch.StartNew());
        await UntilAsync(() => (done = Done()) >= commands);
        return ((done - first) / clock.Elapsed.TotalSeconds, whole.Elapsed.TotalSeconds);

        long Done() => Count(file, "SELECT coalesce(max(seq), 0) FROM events") - before;
    }

    /// <summary>Milliseconds by which each time was decided on late, of those within that span and of the others.</summary>
    private static async Task<(double[] During, double[] Others)> DelaysAsync(HttpClient http, long fromMs, double spanMs)
    {
        var (during, others) = (new List<double>(), new List<double>());
        for (var i = 0; i < Schedules; i++)
        {
            foreach (var run in (await http.GetFromJsonAsync<JsonObject>($"/api/v1/commands/scheduled/s{i}/runs?limit=100"))!["items"]!.AsArray())
            {
                var at = Time(run!["at"]!);
                (at >= fromMs && at <= fromMs + spanMs ? during : others).Add(Time(run["decided_at"]!) - at);
            }
        }

        during.Sort();
        others.Sort();
        return ([.. during], [.. others]);

        static long Time(JsonNode text) => DateTimeOffset.Parse(text.ToString(), CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
    }

    private static string Product(string? id) =>
        $$"""{"type":"CreateProduct",{{(id is null ? "" : $"\"product_id\":\"{id}\",")}}"name":"A product","price":10,"stock":0}""";

    private static long Count(SqliteConnection file, string sql)
    {
        using var command = file.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (var clock = Stopwatch.StartNew(); !isSo();)
        {
            await tick.WaitForNextTickAsync();
            if (clock.Elapsed > TimeSpan.FromMinutes(2))
            {
                throw new TimeoutException("It took longer than two minutes.");
            }
        }
    }
}
