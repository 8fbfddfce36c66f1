using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Kafka;

/// <summary>More partitions for the topics on the brokers.</summary>
public sealed class KafkaGrowth : ILogGrowth
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    // What the brokers answer where they have done nothing and will do nothing. After anything else, a time limit say, the controller may still make them.
    private static readonly HashSet<ErrorCode> Refusals =
    [
        ErrorCode.TopicAuthorizationFailed, ErrorCode.ClusterAuthorizationFailed, ErrorCode.InvalidPartitions, ErrorCode.InvalidReplicationFactor,
        ErrorCode.InvalidReplicaAssignment, ErrorCode.PolicyViolation, ErrorCode.InvalidRequest, ErrorCode.UnsupportedVersion, ErrorCode.SecurityDisabled,
    ];

    private readonly KafkaOptions _options;
    private readonly IReadOnlyList<string> _groups;
    private readonly IAdminClient _admin;

    private KafkaGrowth(KafkaOptions options, IReadOnlyList<string> groups, IAdminClient admin) => (_options, _groups, _admin) = (options, groups, admin);

    /// <param name="groups">The names of those that read the log.</param>
    /// <exception cref="StoreOpenException">The options are not right, or librdkafka is missing.</exception>
    public static KafkaGrowth Open(KafkaOptions options, IReadOnlyList<string> groups, ILogger logger)
    {
        options.Check();
        NativeClient.Load();
        return new KafkaGrowth(options, groups, new Clients(options, logger).Admin());
    }

    public (int Fewest, int Most)? Partitions()
    {
        var counts = Counts();
        return counts.Values.All(count => count == 0) ? null : (Whole(counts).Values.Min(), counts.Values.Max());
    }

    public IReadOnlyList<string> Members() => Ask(() =>
    {
        var found = new List<string>();
        foreach (var name in _groups)
        {
            var group = _admin.ListGroup(_options.Prefix + _options.GroupPrefix + name, Patience);
            found.AddRange((group?.Members ?? []).Select(member => $"{name} at {member.ClientHost.TrimStart('/')}"));
        }

        return found;
    });

    public void Grow(int partitions) => Ask(() =>
    {
        var fewer = Whole(Counts()).Where(topic => topic.Value < partitions).Select(topic => topic.Key).ToList();
        if (fewer.Count > 0)
        {
            Make(fewer, partitions);
        }

        // A topic that has just grown is not known so to every broker at once.
        var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (Counts().Values.Any(count => count < partitions))
        {
            if (Environment.TickCount64 > until)
            {
                throw new StoreOpenException($"The brokers at {_options.BootstrapServers} do not show the new partitions yet.");
            }

            Task.Delay(Look).GetAwaiter().GetResult();
        }

        return true;
    });

    public void Dispose() => _admin.Dispose();

    private void Make(List<string> topics, int partitions)
    {
        try
        {
            _admin.CreatePartitionsAsync(
                topics.ConvertAll(topic => new PartitionsSpecification { Topic = topic, IncreaseTo = partitions }),
                new CreatePartitionsOptions { OperationTimeout = Patience, RequestTimeout = Patience }).GetAwaiter().GetResult();
        }
        catch (CreatePartitionsException error)
        {
            throw Failure(error, partitions);
        }
    }

    /// <summary>Refused only where each topic was.</summary>
    internal static Exception Failure(CreatePartitionsException error, int partitions)
    {
        var failed = error.Results.Find(result => result.Error.IsError);
        var message = $"Topic {failed?.Topic} cannot be given {partitions} partitions: {failed?.Error.Reason ?? error.Message} (it needs the right to alter topics).";
        return error.Results.Count > 0 && error.Results.TrueForAll(result => Refusals.Contains(result.Error.Code))
            ? new GrowthRefusedException(message, error)
            : new StoreOpenException(message, error);
    }

    private Dictionary<string, int> Whole(Dictionary<string, int> counts) => counts.Values.All(count => count > 0)
        ? counts
        : throw new StoreOpenException(
            $"The brokers at {_options.BootstrapServers} do not show the topics {string.Join(", ", counts.Where(topic => topic.Value == 0).Select(topic => topic.Key))}, but others: "
            + "try again when all brokers are there; topics that were deleted are made anew by starting the program.");

    /// <summary>Of each keyed topic, by the name that Kafka has for it; 0 where the brokers do not show it.</summary>
    private Dictionary<string, int> Counts() => Ask(() =>
    {
        var there = _admin.GetMetadata(Patience).Topics.Where(topic => !topic.Error.IsError).ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count);
        return Topics.Keyed.Select(topic => _options.Prefix + topic).ToDictionary(name => name, name => there.GetValueOrDefault(name));
    });

    private T Ask<T>(Func<T> question)
    {
        try
        {
            return question();
        }
        catch (KafkaException error)
        {
            throw new StoreOpenException(
                $"Kafka at {_options.BootstrapServers} cannot be used ({error.Error.Reason}): start it, or correct Workers:Kafka:BootstrapServers.", error);
        }
    }
}
