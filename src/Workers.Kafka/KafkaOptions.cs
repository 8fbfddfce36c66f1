using System.ComponentModel.DataAnnotations;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Kafka;

/// <summary><c>Workers:Kafka</c>: the log on Kafka.</summary>
public sealed class KafkaOptions : IValidatableObject
{
    /// <summary>Brokers to begin with, <c>host:port</c>, comma-separated; the others are found. Default <c>127.0.0.1:9092</c>.</summary>
    [Required]
    public string BootstrapServers { get; set; } = "127.0.0.1:9092";

    /// <summary>Partitions of each topic but <c>workers.control</c>, which has one, when the topics are made; later <c>partitions --to</c> gives them more. Default 12.</summary>
    [Range(1, 1_000)]
    public int Partitions { get; set; } = 12;

    /// <summary>Replicas of each partition, when the topics are made. Default -1: what the brokers are configured to.</summary>
    [Range(-1, 100)]
    public int ReplicationFactor { get; set; } = -1;

    /// <summary>How long records stay, whether they were read or not, when the topics are made. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long an append waits for the brokers before its caller is told to try again. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan ProducerTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a question to the brokers may take: where a topic ends, one record. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan ConsumerTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Codec of what is written. Default <c>snappy</c>.</summary>
    [AllowedValues("none", "gzip", "snappy", "lz4", "zstd")]
    public string Compression { get; set; } = "snappy";

    /// <summary>Default <c>plaintext</c>.</summary>
    [AllowedValues("plaintext", "ssl", "sasl_plaintext", "sasl_ssl")]
    public string SecurityProtocol { get; set; } = "plaintext";

    /// <summary>How the user is proved to the brokers, with <c>sasl_plaintext</c> and <c>sasl_ssl</c>. Default <c>PLAIN</c>.</summary>
    [AllowedValues("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")]
    public string SaslMechanism { get; set; } = "PLAIN";

    /// <summary>Default none.</summary>
    public string SaslUsername { get; set; } = "";

    /// <summary>Default none.</summary>
    [Secret]
    public string SaslPassword { get; set; } = "";

    /// <summary>File (PEM) of the authorities that the brokers' certificates are checked by. Default: the system's.</summary>
    public string SslCaLocation { get; set; } = "";

    /// <summary>A worker that is not heard of for so long loses its partitions; within the brokers' own bounds. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Records of a partition that are read ahead; or 8 MiB of them, whichever comes first. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxBufferedRecords { get; set; } = 10_000;

    /// <summary>Before the names of groups and of nothing else. Default <c>workers.</c></summary>
    public string GroupPrefix { get; set; } = "workers.";

    /// <summary>Put before the names of topics, groups and transactions, so that several installations share brokers. Default none.</summary>
    public string Prefix { get; set; } = "";

    internal bool TakesMore { get; private set; }

    /// <summary>The log is opened to give it as many partitions as its topics have, or more: where others have changed them that is no reason not to.</summary>
    public void TakeMorePartitions() => TakesMore = true;

    internal bool HasSasl => SecurityProtocol.StartsWith("sasl", StringComparison.Ordinal);

    /// <summary>Rules over several keys.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (HasSasl && (SaslUsername.Length == 0 || SaslPassword.Length == 0))
        {
            yield return new("Workers:Kafka:SaslUsername and SaslPassword are required with a SecurityProtocol of SASL");
        }

        if (SslCaLocation.Length > 0 && !File.Exists(SslCaLocation))
        {
            yield return new($"Workers:Kafka:SslCaLocation: there is no file {SslCaLocation}");
        }
    }

    internal void Check()
    {
        var errors = new List<ValidationResult>();
        if (!Validator.TryValidateObject(this, new ValidationContext(this), errors, validateAllProperties: true))
        {
            throw new StoreOpenException($"The options of Kafka are not right: {string.Join("; ", errors.Select(e => e.ErrorMessage))}.");
        }
    }
}
