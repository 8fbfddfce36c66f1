using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Workers.Contracts;
using Workers.Engine.Identity;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Kafka;

namespace Workers.Conformance.Kafka;

/// <summary>Topics of their own on the broker that WORKERS_TEST_KAFKA names, 4 partitions each.</summary>
internal sealed class KafkaStores : Stores
{
    private readonly ILogger _logger;
    private KafkaLog _log;

    public KafkaStores(Action<KafkaOptions>? configure = null, ILogger? logger = null)
    {
        var servers = Environment.GetEnvironmentVariable("WORKERS_TEST_KAFKA");
        if (string.IsNullOrEmpty(servers))
        {
            Assert.Ignore("WORKERS_TEST_KAFKA names no broker");
        }

        _logger = logger ?? NullLogger.Instance;
        Options = new KafkaOptions
        {
            BootstrapServers = servers,
            Partitions = 4,
            Prefix = $"t{Guid.NewGuid():N}.",

            // Brokers hold members back for that long when one of them is killed.
            SessionTimeout = TimeSpan.FromSeconds(6),
            Retention = TimeSpan.FromDays(3_650),
        };
        configure?.Invoke(Options);
        _log = Open();
    }

    public KafkaOptions Options { get; }

    public FingerprintKey Secret { get; } = new(new byte[32]);

    public KafkaLog Kafka => _log;

    public override ILog Log => _log;

    public override IStateStore State => throw NotKafka("keeps no positions: records go when they are old, read or not");

    public override IReadModelStore ReadModels => throw NotKafka("keeps no read models");

    public override IAuditStore Audit => throw NotKafka("keeps no audit trail");

    public string NameOf(string topic) => Options.Prefix + topic;

    public ClientConfig Client() => new() { BootstrapServers = Options.BootstrapServers };

    public override void Reopen()
    {
        _log.Dispose();
        _log = Open();
    }

    public override async Task TrimEverythingOldAsync()
    {
        using var admin = new AdminClientBuilder(Client()).Build();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await TryTrimAsync(admin))
        {
            await timer.WaitForNextTickAsync(deadline.Token);
        }
    }

    // The leader of a topic that was just made may not have heard of it.
    private async Task<bool> TryTrimAsync(IAdminClient admin)
    {
        try
        {
            await admin.DeleteRecordsAsync(Enumerable.Range(0, 4).Select(n => new TopicPartitionOffset(NameOf(Topics.Commands), n, Offset.End)));
            return true;
        }
        catch (DeleteRecordsException error) when (error.Results.TrueForAll(r => r.Error.Code is ErrorCode.NoError or ErrorCode.NotLeaderForPartition))
        {
            return false;
        }
    }

    public override void Damage(LogRecord record) => throw NotKafka("checks its files itself");

    public override void Falsify(Guid auditEntry) => throw NotKafka("keeps no audit trail");

    public override void Remove(Guid auditEntry) => throw NotKafka("keeps no audit trail");

    public override void PutIn(AuditEntry entry, AuditEntry last, int entries) => throw NotKafka("keeps no audit trail");

    public override void Dispose()
    {
        _log.Dispose();
        using var admin = new AdminClientBuilder(Client()).Build();
        admin.DeleteTopicsAsync(Topics.All.Concat(Topics.Feeds).Select(NameOf), new DeleteTopicsOptions()).GetAwaiter().GetResult();
    }

    private static IgnoreException NotKafka(string why) => new($"Kafka {why}");

    private KafkaLog Open() => KafkaLog.Open(Options, new FeedOptions(), null, () => Secret, _logger);
}
