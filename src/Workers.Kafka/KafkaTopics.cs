using System.Collections.Concurrent;
using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Kafka;

/// <summary>
/// The platform's topics and the public feeds on the brokers: made at start where they are missing. The partition counts of the platform's own are as configured;
/// a feed that is there already keeps what it has.
/// </summary>
internal sealed class KafkaTopics
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);
    private static readonly string[] All = [.. Topics.All, .. Topics.Feeds];

    private readonly KafkaOptions _options;
    private readonly FeedOptions _feeds;
    private readonly Dictionary<string, string> _names;
    private readonly Dictionary<string, string> _byName;
    private readonly ConcurrentDictionary<string, int> _feedPartitions = new();

    private KafkaTopics(KafkaOptions options, FeedOptions feeds)
    {
        (_options, _feeds) = (options, feeds);
        _names = All.ToDictionary(t => t, t => options.Prefix + (feeds.NameOf(t) ?? t), StringComparer.Ordinal);
        _byName = _names.ToDictionary(n => n.Value, n => n.Key, StringComparer.Ordinal);
    }

    /// <summary>How many partitions it has. Throws where it is none of ours.</summary>
    public int Partitions(string topic) => !_names.ContainsKey(topic)
        ? throw new ArgumentException($"The log has no topic '{topic}'; it has {string.Join(", ", All)}.", nameof(topic))
        : topic == Topics.Control ? 1
        : _feeds.NameOf(topic) is null ? _options.Partitions
        : _feedPartitions.GetValueOrDefault(topic, _feeds.Partitions);

    /// <summary>As Kafka names it.</summary>
    public TopicPartition On(PartitionId partition) => new(NameOf(partition.Topic), partition.Number);

    public TopicPartition On(LogRecord record) => new(NameOf(record.Topic), record.Partition);

    public string NameOf(string topic) => _names[topic];

    public PartitionId Of(TopicPartition partition) => new(_byName[partition.Topic], partition.Partition.Value);

    public IEnumerable<PartitionId> Of(string topic) => Enumerable.Range(0, Partitions(topic)).Select(n => new PartitionId(topic, n));

    public static KafkaTopics Open(IAdminClient admin, Clients clients, FeedOptions feeds, int? stored)
    {
        var (options, logger) = (clients.Options, clients.Logger);
        var topics = new KafkaTopics(options, feeds);
        try
        {
            var there = Look(admin, clients);
            topics.CompareCounts(there, stored);
            var missing = All.Where(t => !there.ContainsKey(topics.NameOf(t))).ToList();
            if (missing.Count > 0)
            {
                topics.Make(admin, missing, logger);
            }

            foreach (var topic in All)
            {
                topics.Compare(topic, topics.Await(admin, topic));
            }
        }
        catch (KafkaException error)
        {
            throw new StoreOpenException(
                clients.Refusal is { } refusal
                    ? $"Kafka at {options.BootstrapServers} refuses the connection ({refusal}): {NativeClient.RemedyOf(options)}"
                    : $"Kafka at {options.BootstrapServers} cannot be used ({error.Error.Reason}): start it, or correct Workers:Kafka:BootstrapServers.",
                error);
        }

        return topics;
    }

    /// <summary>Lets a producer find the topics' brokers before its first record has to: that would wait half a second and more for it.</summary>
    public void Warm(Handle producer)
    {
        using var admin = new DependentAdminClientBuilder(producer).Build();
        try
        {
            foreach (var topic in Topics.All)
            {
                admin.GetMetadata(NameOf(topic), Patience);
            }
        }
        catch (KafkaException)
        {
            // The first record will find them.
        }
    }

    private static Dictionary<string, TopicMetadata> Look(IAdminClient admin, Clients clients)
    {
        var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (true)
        {
            try
            {
                var found = admin.GetMetadata(Moment).Topics.Where(t => t.Error.Code == ErrorCode.NoError).ToDictionary(t => t.Topic);
                clients.Answered();
                return found;
            }
            catch (KafkaException) when (!clients.IsRefused && Environment.TickCount64 < until)
            {
                // Brokers that refuse us would do so again.
            }
        }
    }

    private void Make(IAdminClient admin, List<string> missing, ILogger logger)
    {
        var wanted = missing.ConvertAll(topic => new TopicSpecification
        {
            Name = NameOf(topic),
            NumPartitions = Partitions(topic),
            ReplicationFactor = (short)_options.ReplicationFactor,
            Configs = new Dictionary<string, string>
            {
                ["retention.ms"] = ((long)_options.Retention.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
                ["max.message.bytes"] = Clients.MaxMessageBytes.ToString(CultureInfo.InvariantCulture),

                // A producer with a wrong clock cannot make its record, and those beside it, look older than the retention.
                ["message.timestamp.type"] = "LogAppendTime",
            },
        });
        try
        {
            admin.CreateTopicsAsync(wanted, new CreateTopicsOptions { OperationTimeout = Patience, RequestTimeout = Patience }).GetAwaiter().GetResult();
            missing.ForEach(topic => LogMessages.TopicMade(logger, NameOf(topic), Partitions(topic)));
        }
        catch (CreateTopicsException error)
        {
            // Another process may have been faster.
            if (error.Results.Find(r => r.Error.Code is not (ErrorCode.NoError or ErrorCode.TopicAlreadyExists)) is { } failed)
            {
                throw new StoreOpenException(
                    $"Topic {failed.Topic} cannot be made on {_options.BootstrapServers}: {failed.Error.Reason} "
                    + "(Workers:Kafka:ReplicationFactor, or the rights of its user).",
                    error);
            }
        }
    }

    // A topic that was just made is not known to every broker at once.
    private TopicMetadata? Await(IAdminClient admin, string topic)
    {
        var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (true)
        {
            var found = admin.GetMetadata(NameOf(topic), Patience).Topics.Find(t => t.Topic == NameOf(topic));
            if (found is { Error.Code: ErrorCode.NoError, Partitions.Count: > 0 } || Environment.TickCount64 > until)
            {
                return found;
            }
        }
    }

    /// <summary>Before anything is made: with other counts nothing is to be begun.</summary>
    private void CompareCounts(Dictionary<string, TopicMetadata> there, int? stored)
    {
        if (_options.TakesMore)
        {
            return;
        }

        var counts = Topics.Keyed.Select(NameOf).Where(there.ContainsKey).ToDictionary(name => name, name => there[name].Partitions.Count);
        if (PartitionCounts.Wrong(counts, _options.Partitions, stored) is { } wrong)
        {
            throw new StoreOpenException($"{wrong.State}. {wrong.Remedy}");
        }
    }

    private void Compare(string topic, TopicMetadata? found)
    {
        if (found is not { Error.Code: ErrorCode.NoError })
        {
            throw new StoreOpenException($"Topic {NameOf(topic)} cannot be used: {found?.Error.Reason ?? "it is not there"}.");
        }

        if (_feeds.NameOf(topic) is not null)
        {
            _feedPartitions[topic] = found.Partitions.Count;
            return;
        }

        var (there, wanted) = (found.Partitions.Count, Partitions(topic));
        if (there != wanted && !(_options.TakesMore && there > wanted && topic != Topics.Control))
        {
            throw new StoreOpenException(
                topic == Topics.Control ? $"Topic {NameOf(topic)} has {there} partitions, but must have 1; delete it, and it is made anew."
                : PartitionCounts.Configured(new Dictionary<string, int> { [NameOf(topic)] = there }, wanted) is { } wrong ? $"{wrong.State}; {wrong.Remedy}"
                : $"Topic {NameOf(topic)} has {there} partitions.");
        }
    }
}
