using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging.Abstractions;
using Workers.Contracts;
using Workers.Engine.Health;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Kafka;

/// <summary>Looks at brokers and topics; changes nothing. What may be made is asked with requests that are only validated.</summary>
public sealed class KafkaDoctor : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    private readonly KafkaOptions _options;
    private readonly FeedOptions _feeds;
    private readonly Clients _clients;
    private readonly IAdminClient _admin;

    private KafkaDoctor(KafkaOptions options, FeedOptions feeds)
    {
        (_options, _feeds, _clients) = (options, feeds, new Clients(options, NullLogger.Instance));
        _admin = _clients.Admin();
    }

    /// <param name="stored">With how many partitions the store was written; null where that is not known.</param>
    /// <exception cref="StoreOpenException">The options are not right, or librdkafka is missing.</exception>
    public static IReadOnlyList<Finding> Look(KafkaOptions options, FeedOptions feeds, int? stored)
    {
        options.Check();
        NativeClient.Load();
        using var doctor = new KafkaDoctor(options, feeds);
        return [.. doctor.Look(stored)];
    }

    public void Dispose() => _admin.Dispose();

    private IEnumerable<Finding> Look(int? stored)
    {
        var (metadata, away) = Metadata();
        if (metadata is null)
        {
            return [away!];
        }

        var topics = metadata.Topics.Where(topic => topic.Error.Code == ErrorCode.NoError).ToDictionary(topic => topic.Topic, StringComparer.Ordinal);
        return
        [
            Finding.Good("kafka", $"{metadata.Brokers.Count} brokers at {_options.BootstrapServers}, librdkafka {Library.VersionString}"),
            Counts(topics, stored), Replication(topics, metadata.Brokers.Count), Making(topics), .. Asked(() => Settings(topics), "kafka topics"), .. Asked(() => Brokers(metadata), "kafka brokers"),
        ];
    }

    private (Metadata? Found, Finding? Away) Metadata()
    {
        try
        {
            return (_admin.GetMetadata(First), null);
        }
        catch (KafkaException error)
        {
            return (null, _clients.Refusal is { } refusal
                ? Finding.Bad("kafka", $"{_options.BootstrapServers} refuses the connection: {refusal}", NativeClient.RemedyOf(_options))
                : Finding.Bad("kafka", $"{_options.BootstrapServers} does not answer: {error.Error.Reason}", "Start it, or correct Workers:Kafka:BootstrapServers."));
        }
    }

    private Finding Counts(Dictionary<string, TopicMetadata> topics, int? stored)
    {
        const string check = "kafka partitions";
        var there = Topics.Keyed.Select(Name).Where(topics.ContainsKey).ToDictionary(topic => topic, topic => topics[topic].Partitions.Count);
        if (there.Count == 0)
        {
            return Finding.Good(check, $"the topics are made at the first start, with {_options.Partitions}");
        }

        return (PartitionCounts.Wrong(there, _options.Partitions, stored) ?? PartitionCounts.Configured(there, _options.Partitions)) is { } wrong ? Finding.Bad(check, wrong.State, wrong.Remedy)
            : topics.TryGetValue(Name(Topics.Control), out var control) && control.Partitions.Count != 1
                ? Finding.Bad(check, $"{control.Topic} has {control.Partitions.Count} partitions, but must have 1", "Delete it; it is made anew.")
            : Finding.Good(check, $"{_options.Partitions} for each topic that is read by key");
    }

    private Finding Replication(Dictionary<string, TopicMetadata> topics, int brokers)
    {
        const string check = "kafka replication";
        var weak = Ours(topics).Where(topic => topic.Partitions.Exists(partition => partition.InSyncReplicas.Length < partition.Replicas.Length)).Select(topic => topic.Topic).ToList();
        var single = Ours(topics).Where(topic => topic.Partitions.Exists(partition => partition.Replicas.Length == 1)).Select(topic => topic.Topic).ToList();
        return _options.ReplicationFactor > brokers
            ? Finding.Bad(check, $"Workers:Kafka:ReplicationFactor is {_options.ReplicationFactor}, and there are {brokers} brokers", "Lower it, or start more brokers: new topics cannot be made.")
            : weak.Count > 0 ? Finding.Doubtful(check, $"replicas are behind or away for {string.Join(", ", weak)}", "Look at the brokers: with fewer than min.insync.replicas nothing is accepted.")
            : single.Count > 0 && brokers > 1 ? Finding.Doubtful(check, $"one replica only of {string.Join(", ", single)}", "Give them 3 with kafka-reassign-partitions.sh: a broker's disk is all there is.")
            : Finding.Good(check, single.Count > 0 ? "one broker, one replica: for development" : "all replicas are in sync");
    }

    private Finding Making(Dictionary<string, TopicMetadata> topics)
    {
        const string check = "kafka rights";
        var missing = Topics.All.Concat(Topics.Feeds).Select(Name).Where(name => !topics.ContainsKey(name)).ToList();
        var probe = new TopicSpecification { Name = missing.FirstOrDefault() ?? $"{_options.Prefix}workers.doctor", NumPartitions = 1, ReplicationFactor = (short)_options.ReplicationFactor };
        try
        {
            _admin.CreateTopicsAsync([probe], new CreateTopicsOptions { ValidateOnly = true, RequestTimeout = Patience }).GetAwaiter().GetResult();
            return Finding.Good(check, "topics may be made");
        }
        catch (CreateTopicsException error)
        {
            var reason = error.Results[0].Error.Reason;
            return error.Results[0].Error.Code == ErrorCode.TopicAlreadyExists ? Finding.Good(check, "topics may be made")
                : missing.Count > 0 ? Finding.Bad(check, $"{string.Join(", ", missing)} cannot be made: {reason}", "Give the user the right to create topics, or correct Workers:Kafka:ReplicationFactor.")
                : Finding.Doubtful(check, $"topics may not be made: {reason}", "All are there; 'partitions --to N' needs the right to alter them.");
        }
        catch (KafkaException error)
        {
            return Finding.Doubtful(check, $"not known: {error.Error.Reason}", "Ask again.");
        }
    }

    private IEnumerable<Finding> Settings(Dictionary<string, TopicMetadata> topics)
    {
        var ours = Ours(topics).Select(topic => new ConfigResource { Type = ResourceType.Topic, Name = topic.Topic }).ToList();
        if (ours.Count == 0)
        {
            yield break;
        }

        var said = false;
        foreach (var topic in Described(ours))
        {
            var name = topic.ConfigResource.Name;
            if (Number(topic, "max.message.bytes") is { } bytes and < Clients.MaxMessageBytes)
            {
                said = true;
                yield return Finding.Doubtful("kafka topics", $"{name}: max.message.bytes is {bytes}", $"kafka-configs.sh --alter --topic {name} --add-config max.message.bytes={Clients.MaxMessageBytes}: longer records are refused by the brokers.");
            }

            if (Number(topic, "retention.ms") is > 0 and var retention && retention < (long)_options.Retention.TotalMilliseconds)
            {
                said = true;
                yield return Finding.Doubtful("kafka topics", $"{name}: retention.ms is {retention}, less than Workers:Kafka:Retention", $"kafka-configs.sh --alter --topic {name} --add-config retention.ms={(long)_options.Retention.TotalMilliseconds}: workers that are away for longer halt.");
            }

            if (Text(topic, "cleanup.policy") is { } policy && policy.Contains("compact", StringComparison.Ordinal))
            {
                said = true;
                yield return Finding.Bad("kafka topics", $"{name}: cleanup.policy is {policy}", $"kafka-configs.sh --alter --topic {name} --add-config cleanup.policy=delete: compaction takes records out that nobody has read.");
            }

            if (Number(topic, "min.insync.replicas") is { } least && least > topics[name].Partitions.Min(partition => partition.InSyncReplicas.Length))
            {
                said = true;
                yield return Finding.Bad("kafka topics", $"{name}: min.insync.replicas is {least}, more than are in sync", "Start the brokers that are away, or lower it: nothing is accepted.");
            }
        }

        if (!said)
        {
            yield return Finding.Good("kafka topics", $"{ours.Count} with settings that fit");
        }
    }

    private IEnumerable<Finding> Brokers(Metadata metadata)
    {
        var broker = new ConfigResource { Type = ResourceType.Broker, Name = metadata.Brokers[0].BrokerId.ToString(CultureInfo.InvariantCulture) };
        var session = Number(Described([broker])[0], "broker.session.timeout.ms");
        yield return session is { } ms && ms >= _options.ProducerTimeout.TotalMilliseconds && metadata.Brokers.Count > 1
            ? Finding.Doubtful("kafka brokers", $"broker.session.timeout.ms is {ms}, longer than Workers:Kafka:ProducerTimeout", "Set it to 3000 (and broker.heartbeat.interval.ms to 500): while a broker that died is not noticed, requests time out.")
            : Finding.Good("kafka brokers", session is null ? "settings not told" : $"a dead one is noticed within {session} ms");
    }

    private static IReadOnlyList<Finding> Asked(Func<IEnumerable<Finding>> ask, string check)
    {
        try
        {
            return [.. ask()];
        }
        catch (KafkaException error)
        {
            return [Finding.Doubtful(check, $"settings are not told: {error.Error.Reason}", "Give the user the right to describe configurations, or look by hand.")];
        }
    }

    private List<DescribeConfigsResult> Described(List<ConfigResource> resources) =>
        _admin.DescribeConfigsAsync(resources, new DescribeConfigsOptions { RequestTimeout = Patience }).GetAwaiter().GetResult();

    private static string? Text(DescribeConfigsResult result, string name) => result.Entries.TryGetValue(name, out var entry) ? entry.Value : null;

    private static long? Number(DescribeConfigsResult result, string name) =>
        long.TryParse(Text(result, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    private IEnumerable<TopicMetadata> Ours(Dictionary<string, TopicMetadata> topics) => Topics.All.Concat(Topics.Feeds).Select(Name).Where(topics.ContainsKey).Select(name => topics[name]);

    private string Name(string topic) => _options.Prefix + (_feeds.NameOf(topic) ?? topic);
}
