using Microsoft.Extensions.Logging;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Reading;
using Workers.Engine.Encryption;
using Workers.Engine.Identity;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Kafka.Reading;
using Workers.Kafka.Wire;
using Workers.Kafka.Writing;

namespace Workers.Kafka;

/// <summary>The log on Kafka's topics.</summary>
internal sealed class KafkaLog : ILog, IRelayLog, IDisposable
{
    private readonly Clients _clients;
    private readonly KafkaTopics _topics;
    private readonly RecordReader _records;
    private readonly Lookups _lookups;
    private readonly Appender _appender;
    private readonly BatchAppender _batches;
    private int _disposed;

    private readonly Func<FingerprintKey?> _installation;

    private KafkaLog(Clients clients, KafkaTopics topics, RecordReader records, Func<FingerprintKey?> installation)
    {
        (_clients, _topics, _records, _installation) = (clients, topics, records, installation);
        _lookups = new Lookups(clients, topics, records);
        _appender = new Appender(clients, topics, _lookups.Appended);
        _batches = new BatchAppender(clients, topics, _lookups.Appended);
    }

    /// <summary>Connects, and makes the topics that are missing.</summary>
    /// <param name="options">Checked here.</param>
    /// <param name="feeds">What the public topics are called.</param>
    /// <param name="rules">Of other systems' commands; null for the defaults.</param>
    /// <param name="fingerprints">Asked for when another system's command has an id of the caller's, and for the log's identity.</param>
    /// <param name="logger">Also gets what the clients say.</param>
    /// <param name="stored">By how many partitions the store's keys are placed; null, or its answer: not known.</param>
    /// <exception cref="Engine.Store.StoreOpenException">The options, the brokers or the topics are not right, or librdkafka is missing.</exception>
    public static KafkaLog Open(KafkaOptions options, FeedOptions feeds, RuleSettings? rules, Func<FingerprintKey?> fingerprints, ILogger logger, Func<DataCipher?>? cipher = null,
        Func<int?>? stored = null)
    {
        options.Check();
        NativeClient.Load();
        var clients = new Clients(options, logger);
        using var admin = clients.Admin();
        var topics = KafkaTopics.Open(admin, clients, feeds, stored?.Invoke());
        return new KafkaLog(clients, topics, new RecordReader(topics, new ForeignReader(new CommandReader(rules), fingerprints, cipher)), fingerprints);
    }

    /// <summary>The brokers tell no id of a topic: that of the installation whose topics these are.</summary>
    public uint Identity => _installation() is { } key ? BitConverter.ToUInt32(key.Of("log"u8)) : 0;

    public int Partitions(string topic) => _topics.Partitions(topic);

    public Task AppendAsync(LogRecord record, CancellationToken cancellation)
    {
        Place(record);
        return _appender.AppendAsync(record);
    }

    public Task AppendAsync(IReadOnlyList<LogRecord> records, CancellationToken cancellation)
    {
        foreach (var record in records)
        {
            Place(record);
        }

        return records.Count switch
        {
            0 => Task.CompletedTask,
            1 => _appender.AppendAsync(records[0]),
            _ => _batches.AppendAsync(records),
        };
    }

    public ILogReader OpenReader(IReadOnlyList<string> topics, Signal wake) => Read(new GroupMember("", topics, 0, 1), shares: false, wake);

    public ILogReader Join(GroupMember member, Signal wake) => Read(member, shares: true, wake);

    public async ValueTask<LogRecord?> ReadAsync(PartitionId partition, long offset, CancellationToken cancellation) =>
        await _lookups.ReadAsync(partition, offset, cancellation).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<long>> EndsAsync(string topic, CancellationToken cancellation) => _lookups.EndsAsync(topic, cancellation);

    public ValueTask<IReadOnlyList<long>> LimitsAsync(string topic, CancellationToken cancellation) => EndsAsync(topic, cancellation);

    public ValueTask<IReadOnlyList<long>> StartsAsync(string topic, CancellationToken cancellation) => _lookups.StartsAsync(topic, cancellation);

    public IRelaySender OpenSender(Action<Exception> failed) => new RelaySender(_clients, _topics, failed);

    public void Dispose()
    {
        // A container that hands it out under several names disposes of it as often.
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        _batches.Dispose();
        _appender.Dispose();
        _lookups.Dispose();
    }

    private void Place(LogRecord record) => record.Partition = Murmur2.Partition(record.Key, _topics.Partitions(record.Topic));

    private KafkaLogReader Read(GroupMember member, bool shares, Signal wake)
    {
        var known = member with { Topics = [.. member.Topics.Where(t => _topics.Partitions(t) > 0)] };
        return new KafkaLogReader(_clients, _topics, _records, known, shares, wake);
    }
}
