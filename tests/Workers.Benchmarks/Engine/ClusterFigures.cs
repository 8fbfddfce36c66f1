using System.Diagnostics;
using Confluent.Kafka;
using Workers.Benchmarks.Report;
using Workers.Benchmarks.Whole;
using Workers.Contracts;
using Workers.Contracts.Commands;

namespace Workers.Benchmarks.Engine;

/// <summary>
/// G8: the same work as G2 on Kafka and MySQL, with the outbox relayed, beside what the same client does when it only consumes and produces; a command's
/// latency through both topics; recovery after a killed worker. Servers by
/// <c>WORKERS_TEST_KAFKA</c> and <c>WORKERS_TEST_MYSQL</c>, on the same machine.
/// </summary>
internal static class ClusterFigures
{
    private const int Products = 10_000;

    // Until the compiler is through with what runs all the time.
    private const int WarmUp = 100_000;

    private static readonly string[] Servers = ["WORKERS_TEST_KAFKA", "WORKERS_TEST_MYSQL"];

    /// <summary>The first variable that is not set; null where it can be run.</summary>
    public static string? Missing => Servers.FirstOrDefault(name => Environment.GetEnvironmentVariable(name) is null);

    public static async Task RunAsync(Table table, int count)
    {
        var (kafka, mysql) = (Environment.GetEnvironmentVariable(Servers[0])!, Environment.GetEnvironmentVariable(Servers[1])!);
        foreach (var partitions in new[] { 1, 2, 4, 8 })
        {
            var name = $"bench{Guid.NewGuid():N}"[..14];
            using var engine = BenchEngine.Cluster(kafka, name + ".", partitions, $"{mysql};Database={name}");
            await engine.AppendAsync(Enumerable.Range(0, Products).Select(i => new CreateProduct { ProductId = $"p{i}", Name = "A product", Price = 1, Stock = 0 }));
            engine.Drain(Products, Consuming.Threads(partitions));
            await engine.AppendAsync(Consuming.Adjustments(WarmUp, Products));
            engine.Drain(WarmUp, Consuming.Threads(partitions));
            await engine.AppendAsync(Consuming.Adjustments(count, Products));
            var raw = Loop(kafka, name + ".", partitions, count);
            var process = Process.GetCurrentProcess().TotalProcessorTime;
            var rate = count / engine.Drain(count, Consuming.Threads(partitions));
            var micros = (Process.GetCurrentProcess().TotalProcessorTime - process).TotalMicroseconds / count;
            table.Add(new Figure("G8", $"the work of G2 on Kafka and MySQL, the outbox relayed, {partitions} partition(s)", rate, "/s")
            {
                Wanted = partitions == 4 ? 35_000 : null,
                CeilingOf = "the same client's consume → produce",
                Ceiling = raw,
                Durability = "acks=all; InnoDB flush at commit",
                Payload = "200 B",
                Batch = "≤ 500",
                Note = FormattableString.Invariant($"{micros:F1} µs of this process each"),
            });
        }

        await ClusterLatency.RunAsync(table, kafka, mysql, Math.Min(count, 10_000));
        foreach (var seconds in new[] { 6, 10 })
        {
            await RecoveryFigures.RunAsync(table, kafka, mysql, TimeSpan.FromSeconds(seconds));
        }
    }

    // Consumes what is there, and produces each record again, idempotent and with all acknowledged.
    private static double Loop(string kafka, string prefix, int partitions, int count)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = kafka,
            GroupId = "bench",
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = kafka,
            EnableIdempotence = true,
            LingerMs = 5,
            CompressionType = CompressionType.Snappy,
            QueueBufferingMaxMessages = count + 1,
            DeliveryReportFields = "none",
        }).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(prefix + Topics.Commands, p, Offset.Beginning)));
        consumer.Consume(TimeSpan.FromSeconds(30));
        var clock = Stopwatch.StartNew();
        for (var i = 1; i < count; i++)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(30)) ?? throw new InvalidOperationException($"There are only {i} records.");
            producer.Produce(prefix + Topics.Events, new Message<byte[], byte[]> { Key = record.Message.Key, Value = record.Message.Value });
        }

        producer.Flush(TimeSpan.FromSeconds(60));
        return count / clock.Elapsed.TotalSeconds;
    }
}
