using Workers.Contracts.Commands;

namespace Workers.Benchmarks.Engine;

/// <summary>G2 and G3: what waits in the log, executed effectively once.</summary>
internal static class Consuming
{
    public static async Task Run(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 200_000;
        foreach (var partitions in new[] { 1, 4 })
        {
            using var engine = BenchEngine.Embedded(partitions);
            await engine.AppendAsync(Enumerable.Range(0, 10_000).Select(i => new CreateProduct { ProductId = $"p{i}", Name = "A product", Price = 1, Stock = 0 }));
            engine.Drain(10_000, partitions == 1 ? 1 : 2);
            await engine.AppendAsync(Enumerable.Range(0, count).Select(i => new AdjustInventory
            {
                ProductId = $"p{i % 10_000}",
                Action = "add",
                Quantity = 1,
                Reason = new string('r', 100),
            }));
            var allocated = GC.GetTotalAllocatedBytes();
            var seconds = engine.Drain(count, partitions == 1 ? 1 : 2);
            Console.WriteLine(
                $"G2 effectively once, {partitions} partition(s): {count / seconds:N0}/s, {(GC.GetTotalAllocatedBytes() - allocated) / count:N0} B a record, file {engine.Bytes >> 20} MB");
        }

        foreach (var partitions in new[] { 1, 4 })
        {
            using var engine = BenchEngine.Embedded(partitions);
            await engine.AppendAsync(Enumerable.Range(0, count).Select(i => new DeleteUser { UserId = $"u{i}", Reason = new string('r', 100) }));
            var clock = System.Diagnostics.Stopwatch.StartNew();
            using var run = engine.StartIdle(count, partitions == 1 ? 1 : 2);
            run.Wait();
            Console.WriteLine($"G3 no-op drain (outcome and position alone, no dispatch), {partitions} partition(s): {count / clock.Elapsed.TotalSeconds:N0}/s");
        }
    }
}
