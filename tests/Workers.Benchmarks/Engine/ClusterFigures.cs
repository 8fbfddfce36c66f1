using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
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
    public static async Task RunAsync(int count)
    {
        var (kafka, mysql) = (Server("WORKERS_TEST_KAFKA"), Server("WORKERS_TEST_MYSQL"));
        foreach (var partitions in new[] { 1, 2, 4, 8 })
        {
            var name = $"bench{Guid.NewGuid():N}"[..14];
            using var engine = BenchEngine.Cluster(kafka, name + ".", partitions, $"{mysql};Database={name}");
            await engine.AppendAsync(Enumerable.Range(0, 10_000).Select(i => new CreateProduct { ProductId = $"p{i}", Name = "A product", Price = 1, Stock = 0 }));
            engine.Drain(10_000, Math.Min(2, partitions));
            await engine.AppendAsync(Enumerable.Range(0, count).Select(i => new AdjustInventory
            {
                ProductId = $"p{i % 10_000}",
                Action = "add",
                Quantity = 1,
                Reason = new string('r', 100),
            }));
            var raw = Loop(kafka, name + ".", partitions, count);
            var process = Process.GetCurrentProcess().TotalProcessorTime;
            var rate = count / engine.Drain(count, Math.Min(2, partitions));
            var micros = (Process.GetCurrentProcess().TotalProcessorTime - process).TotalMicroseconds / count;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"G8 effectively once on Kafka and MySQL, {partitions} partition(s): {rate:N0}/s, {micros:F1} us of this process a record; consume and produce alone {raw:N0}/s; ratio {rate / raw:P0}"));
        }

        await ClusterLatency.RunAsync(kafka, mysql, Math.Min(count, 10_000));
        foreach (var seconds in new[] { 6, 10 })
        {
            await RecoveryFigures.RunAsync(kafka, mysql, TimeSpan.FromSeconds(seconds));
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

    private static string Server(string variable) =>
        Environment.GetEnvironmentVariable(variable) ?? throw new InvalidOperationException($"{variable} is not set: it names the server to measure on.");
}
