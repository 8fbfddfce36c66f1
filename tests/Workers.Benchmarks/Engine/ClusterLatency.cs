using System.Collections.Concurrent;
using System.Diagnostics;
using Workers.Benchmarks.Report;
using Workers.Benchmarks.Whole;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Log;

namespace Workers.Benchmarks.Engine;

/// <summary>G8: a command through the two topics, from its append to <c>workers.commands</c> until its event is read on <c>workers.events</c>, at 500 a second.</summary>
internal static class ClusterLatency
{
    private const int Partitions = 4;
    private const int Products = 100;
    private const int PerSecond = 500;

    public static async Task RunAsync(Table table, string kafka, string mysql, int count)
    {
        var name = $"bench{Guid.NewGuid():N}"[..14];
        using var engine = BenchEngine.Cluster(kafka, name + ".", Partitions, $"{mysql};Database={name}");
        await engine.AppendAsync(Enumerable.Range(0, Products).Select(i => new CreateProduct { ProductId = $"p{i}", Name = "A product", Price = 1, Stock = 0 }));
        engine.Drain(Products, 1);
        var sent = new ConcurrentDictionary<string, long>();
        using var arrived = new CountdownEvent(count);
        var ms = new ConcurrentBag<double>();
        using var wake = new Signal();
        using var reader = engine.Log.OpenReader([Topics.Events], wake);
        var reading = new Thread(() => Read(reader, wake, arrived, sent, ms)) { IsBackground = true };
        reading.Start();
        using var running = engine.Start(count, 1, executor => executor);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
        {
            while (clock.Elapsed.TotalSeconds * PerSecond < i)
            {
                await pace.WaitForNextTickAsync();
            }

            var record = BenchEngine.Record(new AdjustInventory { ProductId = $"p{i % Products}", Action = "add", Quantity = 1 });
            sent[record.Id.ToString()] = Stopwatch.GetTimestamp();
            _ = engine.Log.AppendAsync(record, CancellationToken.None);
        }

        running.Wait();
        arrived.Wait();
        reading.Join();
        var sorted = ms.Order().ToArray();
        table.Add(new Figure("G8", $"a command appended to its event read, through both topics, at {PerSecond}/s, median", sorted.At(.5), "ms")
        {
            Wanted = 5,
            LessIsBetter = true,
            Durability = "acks=all; InnoDB flush at commit",
            Payload = "90 B",
            Batch = "as they come",
            P50Ms = sorted.At(.5),
            P99Ms = sorted.At(.99),
        });
    }

    private static void Read(ILogReader reader, Signal wake, CountdownEvent arrived, ConcurrentDictionary<string, long> sent, ConcurrentBag<double> ms)
    {
        var cursors = Enumerable.Range(0, Partitions).Select(n => new PartitionCursor(new PartitionId(Topics.Events, n), 0)).ToList();
        while (!arrived.IsSet)
        {
            if (!reader.Fill(cursors))
            {
                wake.Wait(TimeSpan.FromSeconds(1));
            }

            foreach (var cursor in cursors)
            {
                while (cursor.Pending.Count > 0)
                {
                    // Of several events of one command the first.
                    if (cursor.Take().Headers.Get(HeaderName.Command) is { } command && sent.TryRemove(command, out var at))
                    {
                        ms.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
                        arrived.Signal();
                    }
                }
            }
        }
    }
}
