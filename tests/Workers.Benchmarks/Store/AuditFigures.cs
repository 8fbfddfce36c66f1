using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Sqlite;

namespace Workers.Benchmarks.Store;

/// <summary>The embedded audit trail: what an entry costs to write, and how long it takes to find what is rare among all the others; first pages of 200, and all of an export.</summary>
internal static class AuditFigures
{
    private const int PerBatch = 500;
    private const int Rare = 20_000;
    private static readonly AuditQuery s_all = new(null, null, null, null, null, null, null, null, 200, null) { OldestFirst = true };

    /// <param name="count">Of entries.</param>
    /// <param name="directory">Of the files, which stay; what is there already is added to. Null: a temporary one, which goes.</param>
    public static async Task RunAsync(int count, string? directory)
    {
        var place = directory is null ? Directory.CreateTempSubdirectory("workers-audit-") : Directory.CreateDirectory(directory);
        await RunAsync(place.FullName, count);
        if (directory is null)
        {
            place.Delete(recursive: true);
        }
    }

    private static async Task RunAsync(string directory, int count)
    {
        using var database = SqliteDatabase.Open(new SqliteOptions { Path = Path.Combine(directory, "workers.db") }, TimeProvider.System, NullLogger.Instance);
        using var process = Process.GetCurrentProcess();
        var (clock, cpu) = (Stopwatch.StartNew(), process.TotalProcessorTime);
        foreach (var batch in Enumerable.Range(0, count).Select(Entry).Chunk(PerBatch))
        {
            await database.Audit.AppendAsync([], batch, CancellationToken.None);
        }

        process.Refresh();
        if (count > 0)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{count:N0} entries: {count / clock.Elapsed.TotalSeconds:N0}/s, {(process.TotalProcessorTime - cpu).TotalMicroseconds / count:F1} µs of processor each, {Directory.EnumerateFiles(directory).Sum(file => new FileInfo(file).Length) >> 20} MiB"));
        }

        foreach (var (name, query) in new[]
        {
            ("a rare type", s_all with { Type = "KeyRevoked" }), ("a rare kind", s_all with { Kind = "system" }), ("a rare entity type", s_all with { EntityType = "access" }),
            ("a key alone", s_all with { EntityId = "o-77" }), ("a user", s_all with { UserId = "u-7" }), ("a common type", s_all with { Type = "OrderEvent3" }),
            ("a common kind", s_all with { Kind = "order" }), ("no filter", s_all),
        })
        {
            clock.Restart();
            var found = await database.Audit.ListAsync(query, CancellationToken.None);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {found.Items.Count} found in {clock.Elapsed.TotalMilliseconds:F1} ms"));
        }

        await ExportAsync(database, "all of a common type", s_all with { Type = "OrderEvent3" });
        await ExportAsync(database, "all of them", s_all);
    }

    private static async Task ExportAsync(SqliteDatabase database, string name, AuditQuery query)
    {
        var (clock, read) = (Stopwatch.StartNew(), 0);
        for (var cursor = (string?)""; cursor is not null;)
        {
            var page = await database.Audit.ListAsync(query with { Cursor = cursor is "" ? null : cursor }, CancellationToken.None);
            (read, cursor) = (read + page.Items.Count, page.NextCursor);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}, page by page: {read:N0} in {clock.Elapsed.TotalSeconds:F1} s"));
    }

    private static AuditEntry Entry(int n)
    {
        var at = DateTimeOffset.UnixEpoch.AddDays(20_000).AddMilliseconds(n * 800L);
        var (rare, order) = (n % Rare, Random.Shared.Next(100_000));
        return new AuditEntry(
            Ids.New(at), new PartitionId(Topics.Events, order % 4), n, at.ToUnixTimeMilliseconds(), rare == 1 ? "access" : "order", $"o-{order}", "changed",
            rare == 2 ? "KeyRevoked" : $"OrderEvent{n % 20}", rare == 3 ? "system" : "order", Ids.New(at), $"u-{Random.Shared.Next(10_000)}", "shop", "10.0.0.1", "benchmark",
            "{\"order_id\":\"o-1\",\"status\":\"CONFIRMED\",\"total_amount\":12.50,\"currency\":\"USD\"}"u8.ToArray(), null, "SUCCEEDED", null);
    }
}
