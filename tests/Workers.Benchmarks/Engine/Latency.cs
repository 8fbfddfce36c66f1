using System.Collections.Concurrent;
using System.Diagnostics;
using Workers.Benchmarks.Report;
using Workers.Benchmarks.Whole;
using Workers.Contracts.Commands;
using Workers.Engine.Log;

namespace Workers.Benchmarks.Engine;

/// <summary>G5: from the append's call to the handler's start, at 1,000 a second, beside the append alone.</summary>
internal static class Latency
{
    private const int Count = 10_000;
    private const int Products = 100;

    public static async Task RunAsync(Table table)
    {
        var alone = await AppendsAsync();
        using var engine = BenchEngine.Embedded(4);
        await engine.AppendAsync(Enumerable.Range(0, Products).Select(i => new CreateProduct { ProductId = $"p{i}", Name = "A product", Price = 1, Stock = 0 }));
        engine.Drain(Products, 1);
        var sent = new ConcurrentDictionary<Guid, long>();
        var ms = new ConcurrentBag<double>();
        using var running = engine.Start(Count, 1, record =>
        {
            if (sent.TryRemove(record.Id, out var at))
            {
                ms.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            }
        });
        EachMillisecond(i =>
        {
            var record = Adjustment(i);
            sent[record.Id] = Stopwatch.GetTimestamp();
            _ = engine.Log.AppendAsync(record, CancellationToken.None);
        });
        running.Wait();
        var sorted = ms.Order().ToArray();
        var median = new Figure("G5", "append to the handler's start at 1,000/s, embedded, median", sorted.At(.5), "ms")
        {
            Wanted = 0.3,
            LessIsBetter = true,
            CeilingOf = "the append alone",
            Ceiling = alone.At(.5),
            Durability = "fsync",
            Payload = "90 B",
            Batch = "as they come",
            P50Ms = sorted.At(.5),
            P99Ms = sorted.At(.99),
        };
        table.Add(median);
        table.Add(median with { What = "the same, p99", Value = sorted.At(.99), Wanted = 3, Ceiling = alone.At(.99) });
    }

    // Until each is on the disk, at the same rate, with nobody who reads.
    private static async Task<double[]> AppendsAsync()
    {
        using var engine = BenchEngine.Embedded(4);
        var appends = new List<Task<double>>(Count);
        EachMillisecond(i => appends.Add(TimeAsync(engine, Adjustment(i))));
        var ms = await Task.WhenAll(appends);
        Array.Sort(ms);
        return ms;
    }

    private static async Task<double> TimeAsync(BenchEngine engine, LogRecord record)
    {
        var from = Stopwatch.GetTimestamp();
        await engine.Log.AppendAsync(record, CancellationToken.None);
        return Stopwatch.GetElapsedTime(from).TotalMilliseconds;
    }

    private static void EachMillisecond(Action<int> send)
    {
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Count; i++)
        {
            while (clock.Elapsed.TotalMilliseconds < i)
            {
                Thread.SpinWait(20);
            }

            send(i);
        }
    }

    private static LogRecord Adjustment(int i) => BenchEngine.Record(new AdjustInventory { ProductId = $"p{i % Products}", Action = "add", Quantity = 1 });
}
