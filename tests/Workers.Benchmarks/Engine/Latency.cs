using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Workers.Benchmarks.Whole;
using Workers.Contracts.Commands;

namespace Workers.Benchmarks.Engine;

/// <summary>G5: from the append's call to the handler's start, at 1,000 a second.</summary>
internal static class Latency
{
    public static async Task RunAsync()
    {
        using var engine = BenchEngine.Embedded(4);
        await engine.AppendAsync(Enumerable.Range(0, 100).Select(i => new CreateProduct { ProductId = $"p{i}", Name = "A product", Price = 1, Stock = 0 }));
        engine.Drain(100, 1);
        const int count = 10_000;
        var sent = new ConcurrentDictionary<Guid, long>();
        var ms = new ConcurrentBag<double>();
        using var running = engine.Start(count, 1, record =>
        {
            if (sent.TryRemove(record.Id, out var at))
            {
                ms.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            }
        });
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
        {
            while (clock.Elapsed.TotalMilliseconds < i)
            {
                Thread.SpinWait(20);
            }

            var record = BenchEngine.Record(new AdjustInventory { ProductId = $"p{i % 100}", Action = "add", Quantity = 1 });
            sent[record.Id] = Stopwatch.GetTimestamp();
            _ = engine.Log.AppendAsync(record, CancellationToken.None);
        }

        running.Wait();
        var sorted = ms.Skip(0).Order().ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"G5 enqueue to handler start at 1,000/s: p50 {sorted.At(.5):F2} ms, p99 {sorted.At(.99):F2} ms"));
    }
}
