using System.Diagnostics;
using Workers.Benchmarks.Report;
using Workers.Benchmarks.Store;
using Workers.Contracts.Commands;

namespace Workers.Benchmarks.Engine;

/// <summary>G2 and G3: what waits in the log, executed effectively once, beside what the writer alone takes of the same rows.</summary>
internal static class Consuming
{
    private const int Products = 10_000;

    public static async Task RunAsync(Table table, int count)
    {
        foreach (var partitions in new[] { 1, 4 })
        {
            var writer = await StoreBenchmark.FlushesAsync(partitions, Products);
            using var engine = BenchEngine.Embedded(partitions);
            await engine.AppendAsync(Enumerable.Range(0, Products).Select(i => new CreateProduct { ProductId = $"p{i}", Name = "A product", Price = 1, Stock = 0 }));
            engine.Drain(Products, Threads(partitions));
            await engine.AppendAsync(Adjustments(count, Products));
            var allocated = GC.GetTotalAllocatedBytes();
            var seconds = engine.Drain(count, Threads(partitions));
            table.Add(new Figure("G2", $"effectively once, {partitions} partition(s): read, dispatch, state, event, outcome, position", count / seconds, "/s")
            {
                Wanted = partitions == 1 ? 80_000 : 110_000,
                CeilingOf = "the writer alone, the same rows",
                Ceiling = writer,
                Durability = "fsync",
                Payload = "200 B",
                Batch = "≤ 500",
                Bytes = (double)(GC.GetTotalAllocatedBytes() - allocated) / count,
                Note = $"file {engine.Bytes >> 20} MB",
            });
        }

        foreach (var partitions in new[] { 1, 4 })
        {
            var writer = await StoreBenchmark.OutcomesAsync(partitions);
            using var engine = BenchEngine.Embedded(partitions);
            await engine.AppendAsync(Enumerable.Range(0, count).Select(i => new DeleteUser { UserId = $"u{i}", Reason = new string('r', 100) }));
            var allocated = GC.GetTotalAllocatedBytes();
            var clock = Stopwatch.StartNew();
            using var run = engine.StartIdle(count, Threads(partitions));
            run.Wait();
            table.Add(new Figure("G3", $"no-op drain, {partitions} partition(s): outcome and position, no dispatch", count / clock.Elapsed.TotalSeconds, "/s")
            {
                Wanted = 150_000,
                CeilingOf = "the writer alone, the same rows",
                Ceiling = writer,
                Durability = "fsync",
                Payload = "200 B",
                Batch = "≤ 500",
                Bytes = (double)(GC.GetTotalAllocatedBytes() - allocated) / count,
            });
        }
    }

    public static int Threads(int partitions) => Math.Min(2, partitions);

    public static IEnumerable<AdjustInventory> Adjustments(int count, int products) => Enumerable.Range(0, count).Select(i => new AdjustInventory
    {
        ProductId = $"p{i % products}",
        Action = "add",
        Quantity = 1,
        Reason = new string('r', 100),
    });
}
