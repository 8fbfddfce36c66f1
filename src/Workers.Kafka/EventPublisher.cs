using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace Workers.Kafka;

/// <summary>
/// Publishes events to a Kafka topic, for programs that need no more than that: JSON as CloudEvents in binary mode, partitioned by the key as everywhere else
/// here. Acknowledged by all replicas in sync, snappy, tried again for 5 s. Used by any number of threads; disposing waits for what is on its way.
/// </summary>
public sealed class EventPublisher : IDisposable
{
    private const int TimeoutMs = 5_000;
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly string _topic;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly TimeProvider _clock;

    /// <summary>Brokers are looked for when the first event is published, not here.</summary>
    /// <param name="brokers"><c>host:port</c>, comma-separated.</param>
    /// <param name="topic">It must be there, or the brokers must make it.</param>
    /// <param name="clock">Where <c>ce_time</c> comes from; null: the system's.</param>
    /// <exception cref="PublisherException"><see cref="PublisherError.ProducerCreation"/>: an argument is not right, or librdkafka is missing.</exception>
    public EventPublisher(string brokers, string topic, TimeProvider? clock = null)
    {
        (_topic, _clock) = (topic, clock ?? TimeProvider.System);
        try
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(brokers);
            ArgumentException.ThrowIfNullOrWhiteSpace(topic);
            NativeClient.Load();
            _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
            {
                BootstrapServers = brokers,
                ClientId = "workers-publisher",
                Acks = Acks.All,
                EnableIdempotence = true,
                CompressionType = CompressionType.Snappy,
                MessageTimeoutMs = TimeoutMs,
                Partitioner = Partitioner.Murmur2Random,
            }).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new PublisherException(PublisherError.ProducerCreation, $"Failed to create Kafka producer: {error.Message}", error);
        }
    }

    /// <summary>Returns when the event is in the topic.</summary>
    /// <param name="key">Of the entity: its events keep their order.</param>
    /// <param name="happened">Written as JSON with names in snake_case; the name of its type is the CloudEvent's type.</param>
    /// <param name="cancellation">Gives up waiting; the event may be published all the same.</param>
    /// <exception cref="PublisherException">It was not published, or (a timeout) nobody knows.</exception>
    public async Task PublishAsync<T>(string key, T happened, CancellationToken cancellation = default)
        where T : notnull => await SendAsync(Message(key, happened)).WaitAsync(cancellation).ConfigureAwait(false);

    /// <summary>The same for several, in their order. After a failure any of them may be in the topic.</summary>
    /// <exception cref="PublisherException">One of them was not published.</exception>
    public async Task PublishAsync<T>(IEnumerable<KeyValuePair<string, T>> events, CancellationToken cancellation = default)
        where T : notnull
    {
        // All are written before the first is sent.
        var messages = events.Select(e => Message(e.Key, e.Value)).ToList();
        await Task.WhenAll(messages.ConvertAll(SendAsync)).WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Waits 5 s at most for what is on its way.</summary>
    public void Dispose()
    {
        _producer.Flush(TimeSpan.FromMilliseconds(TimeoutMs));
        _producer.Dispose();
    }

    private Message<byte[], byte[]> Message<T>(string key, T happened)
        where T : notnull
    {
        try
        {
            return new Message<byte[], byte[]>
            {
                Key = Encoding.UTF8.GetBytes(key),
                Value = JsonSerializer.SerializeToUtf8Bytes(happened, happened.GetType(), Json),
                Headers = Headers(key, happened.GetType().Name),
            };
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            throw new PublisherException(PublisherError.Serialization, $"Event serialization failed: {error.Message}", error);
        }
    }

    private Headers Headers(string key, string type)
    {
        var now = _clock.GetUtcNow();
        var headers = new Headers();
        foreach (var (name, value) in new[]
        {
            ("ce_specversion", "1.0"), ("ce_id", Guid.CreateVersion7(now).ToString()), ("ce_source", "workers"), ("ce_type", type), ("ce_time", now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
            ("ce_subject", key), ("ce_partitionkey", key), ("content-type", "application/json"),
        })
        {
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        }

        return headers;
    }

    private async Task SendAsync(Message<byte[], byte[]> message)
    {
        try
        {
            await _producer.ProduceAsync(_topic, message).ConfigureAwait(false);
        }
        catch (KafkaException error)
        {
            throw new PublisherException(PublisherError.PublishFailed, $"Failed to publish to Kafka: {error.Error.Reason}", error);
        }
    }
}

/// <summary>What went wrong in an <see cref="EventPublisher"/>.</summary>
public enum PublisherError
{
    /// <summary>The publisher cannot be made.</summary>
    ProducerCreation,

    /// <summary>The event cannot be written as JSON.</summary>
    Serialization,

    /// <summary>The brokers did not take it.</summary>
    PublishFailed,
}

/// <summary>An event was not published.</summary>
public sealed class PublisherException(PublisherError error, string message, Exception inner) : Exception(message, inner)
{
    public PublisherError Error { get; } = error;
}
