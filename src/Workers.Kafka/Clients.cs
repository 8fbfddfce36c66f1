using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Workers.Engine.Log;

namespace Workers.Kafka;

/// <summary>Makes the clients: what they share is said once, and what they say goes to our log.</summary>
internal sealed class Clients(KafkaOptions options, ILogger logger)
{
    public const int MaxMessageBytes = 16 << 20;
    private const long SayEveryMs = 10_000;
    private readonly ConcurrentDictionary<(string Group, int Index), string> _given = [];
    private long _saidAtMs = -SayEveryMs;
    private volatile string? _refusal;
    private volatile bool _isRefused;

    public KafkaOptions Options => options;

    public ILogger Logger => logger;

    /// <summary>Why brokers that are there did not let us in; null where none has said so since the last answer.</summary>
    public string? Refusal => _refusal;

    /// <summary>They know us, and would say so again.</summary>
    public bool IsRefused => _isRefused;

    /// <summary>Brokers have answered.</summary>
    public void Answered() => (_refusal, _isRefused) = (null, false);

    /// <summary>The member has not been given this before: who joins again and again while its store is away is given the same.</summary>
    public bool IsNews(GroupMember member, string given)
    {
        var key = (member.Group, member.Index);
        var isNews = !_given.TryGetValue(key, out var before) || before != given;
        _given[key] = given;
        return isNews;
    }

    public IAdminClient Admin() => new AdminClientBuilder(Common())
        .SetErrorHandler((_, error) => Say(error))
        .SetLogHandler((_, message) => Say(message))
        .Build();

    /// <summary>Acknowledged by all replicas in sync, written once and in order.</summary>
    public IProducer<byte[], byte[]> Producer(Action<ProducerConfig> configure, Action<Error>? fatal = null)
    {
        var config = new ProducerConfig(Common())
        {
            Acks = Acks.All,
            EnableIdempotence = true,
            CompressionType = Enum.Parse<CompressionType>(options.Compression, ignoreCase: true),
            MessageMaxBytes = MaxMessageBytes,
            LingerMs = 0.5,
            MessageTimeoutMs = (int)options.ProducerTimeout.TotalMilliseconds,
        };
        configure(config);
        return new ProducerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, error) =>
            {
                Say(error);
                if (error.IsFatal)
                {
                    fatal?.Invoke(error);
                }
            })
            .SetLogHandler((_, message) => Say(message))
            .Build();
    }

    /// <summary>Reads committed records, from where it is told to: never from an offset that Kafka keeps.</summary>
    public ConsumerBuilder<byte[], byte[]> Consumer(string group, Action<ConsumerConfig> configure)
    {
        var config = new ConsumerConfig(Common())
        {
            GroupId = options.Prefix + options.GroupPrefix + group,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Error,
            IsolationLevel = IsolationLevel.ReadCommitted,
            EnablePartitionEof = true,
            CheckCrcs = true,
            MaxPartitionFetchBytes = 262_144,
            FetchErrorBackoffMs = 100,
        };
        configure(config);
        return new ConsumerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, error) => Say(error))
            .SetLogHandler((_, message) => Say(message));
    }

    private Dictionary<string, string> Common()
    {
        var config = new Dictionary<string, string>
        {
            ["bootstrap.servers"] = options.BootstrapServers,
            ["client.id"] = "workers",
            ["security.protocol"] = options.SecurityProtocol,
            ["socket.keepalive.enable"] = "true",
            ["socket.timeout.ms"] = "10000",
            ["reconnect.backoff.ms"] = "50",
            ["reconnect.backoff.max.ms"] = "1000",
        };
        if (options.SslCaLocation.Length > 0)
        {
            config["ssl.ca.location"] = options.SslCaLocation;
        }

        if (options.HasSasl)
        {
            config["sasl.mechanism"] = options.SaslMechanism;
            config["sasl.username"] = options.SaslUsername;
            config["sasl.password"] = options.SaslPassword;
        }

        return config;
    }

    private void Say(Error error)
    {
        if (error.Code is ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Ssl)
        {
            // A handshake also fails with a broker that is starting.
            _isRefused |= error.Code != ErrorCode.Local_Ssl;
            _refusal = error.Reason;
        }

        if (error.IsFatal)
        {
            LogMessages.ClientFailed(logger, error.Code, error.Reason);
        }
        else if (IsAway(error.Code))
        {
            if (MaySay())
            {
                LogMessages.BrokersAway(logger, error.Code, error.Reason);
            }
        }
        else
        {
            LogMessages.ClientTrouble(logger, error.Code, error.Reason);
        }
    }

    private static bool IsAway(ErrorCode code) =>
        code is ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Ssl;

    // Every client says it.
    private bool MaySay()
    {
        var (now, last) = (Environment.TickCount64, Interlocked.Read(ref _saidAtMs));
        return now - last >= SayEveryMs && Interlocked.CompareExchange(ref _saidAtMs, now, last) == last;
    }

    private void Say(LogMessage message) => LogMessages.ClientSaid(logger, message.Name, message.Facility, message.Message);
}
