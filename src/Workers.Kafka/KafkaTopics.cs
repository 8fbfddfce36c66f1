using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Kafka;

/// <summary>The platform's topics on the brokers: made at start where they are missing, with partition counts that never change.</summary>
internal sealed class KafkaTopics
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    private readonly string _prefix;
    private readonly int _partitions;

    private KafkaTopics(KafkaOptions options) => (_prefix, _partitions) = (options.Prefix, options.Partitions);

    /// <summary>How many partitions it has. Throws where it is none of ours.</summary>
    public int Partitions(string topic) => Find(topic) is null
        ? throw new ArgumentException($"The log has no topic '{topic}'; it has {string.Join(", ", Topics.All)}.", nameof(topic))
        : topic == Topics.Control ? 1 : _partitions;

    /// <summary>Our constant of this name; null where there is none.</summary>
    public static string? Find(string topic)
    {
        foreach (var ours in Topics.All)
        {
            if (ReferenceEquals(ours, topic) || ours == topic)
            {
                return ours;
            }
        }

        return null;
    }

    /// <summary>As Kafka names it.</summary>
    public TopicPartition On(PartitionId partition) => new(_prefix + partition.Topic, partition.Number);

    public TopicPartition On(LogRecord record) => new(_prefix + record.Topic, record.Partition);

    public string NameOf(string topic) => _prefix + topic;

    public PartitionId Of(TopicPartition partition) => new(Find(partition.Topic[_prefix.Length..])!, partition.Partition.Value);

    public IEnumerable<PartitionId> All(string topic) => Enumerable.Range(0, Partitions(topic)).Select(n => new PartitionId(topic, n));

    public static KafkaTopics Open(IAdminClient admin, Clients clients)
    {
        var (options, logger) = (clients.Options, clients.Logger);
        var topics = new KafkaTopics(options);
        try
        {
            var there = Look(admin, clients);
            var missing = Topics.All.Where(t => !there.ContainsKey(topics.NameOf(t))).ToList();
            if (missing.Count > 0)
            {
                topics.Make(admin, missing, options, logger);
            }

            foreach (var topic in Topics.All)
            {
                topics.Compare(topic, topics.Await(admin, topic), options);
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
                return admin.GetMetadata(Moment).Topics.Where(t => t.Error.Code == ErrorCode.NoError).ToDictionary(t => t.Topic);
            }
            catch (KafkaException) when (clients.Refusal is null && Environment.TickCount64 < until)
            {
                // Brokers that refuse us would do so again.
            }
        }
    }

    private void Make(IAdminClient admin, List<string> missing, KafkaOptions options, ILogger logger)
    {
        var wanted = missing.ConvertAll(topic => new TopicSpecification
        {
            Name = NameOf(topic),
            NumPartitions = Partitions(topic),
            ReplicationFactor = (short)options.ReplicationFactor,
            Configs = new Dictionary<string, string>
            {
                ["retention.ms"] = ((long)options.Retention.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
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
                    $"Topic {failed.Topic} cannot be made on {options.BootstrapServers}: {failed.Error.Reason} "
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

    private void Compare(string topic, TopicMetadata? found, KafkaOptions options)
    {
        if (found is not { Error.Code: ErrorCode.NoError })
        {
            throw new StoreOpenException($"Topic {NameOf(topic)} cannot be used: {found?.Error.Reason ?? "it is not there"}.");
        }

        var (there, wanted) = (found.Partitions.Count, Partitions(topic));
        if (there != wanted)
        {
            throw new StoreOpenException(
                topic == Topics.Control
                    ? $"Topic {NameOf(topic)} has {there} partitions, but must have 1; delete it, and it is made anew."
                    : $"Topic {NameOf(topic)} has {there} partitions, but {wanted} are configured; start with Workers:Kafka:Partitions={there}, "
                        + $"or change the topics with 'Workers.Host partitions --to {wanted}'.");
        }
    }
}
