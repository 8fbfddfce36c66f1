using System.ComponentModel.DataAnnotations;
using Workers.Engine.Options;

namespace Workers.Host.Configuration;

/// <summary><c>Workers:Kafka</c>: used where <c>Workers:Log</c> is <c>kafka</c>. Partitions and retention are those of <c>Workers:Log</c>.</summary>
internal sealed class KafkaSection
{
    /// <summary><c>host:port</c>, several with commas. Naming them chooses Kafka unless <c>Workers:Log</c> says otherwise.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <summary>Replicas of each topic, when it is made. Default 1; 3 in production, with <c>min.insync.replicas</c> 2.</summary>
    [Range(1, 10)]
    public int ReplicationFactor { get; set; } = 1;

    /// <summary>Before the names of groups and of nothing else. Default <c>workers.</c></summary>
    public string GroupPrefix { get; set; } = "workers.";

    /// <summary>How long an accept waits for the brokers before it is refused with 503. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan ProducerTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>After how long a worker that is silent loses its partitions. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:06", "00:30:00")]
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Default <c>plaintext</c>.</summary>
    [AllowedValues("plaintext", "ssl", "sasl_plaintext", "sasl_ssl")]
    public string SecurityProtocol { get; set; } = "plaintext";

    /// <summary>Default <c>SCRAM-SHA-512</c>; used where the protocol is a <c>sasl_</c> one.</summary>
    [AllowedValues("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")]
    public string SaslMechanism { get; set; } = "SCRAM-SHA-512";

    public string SaslUsername { get; set; } = "";

    [Secret]
    public string SaslPassword { get; set; } = "";

    /// <summary>File with the certificates of who signs the brokers'; default: the system's.</summary>
    public string SslCaLocation { get; set; } = "";
}

/// <summary><c>Workers:MySql</c>: used where <c>Workers:Store</c> is <c>mysql</c>.</summary>
internal sealed class MySqlSection
{
    /// <summary><c>Server=…;Port=3306;User ID=…;Password=…;Database=workers</c>. Naming it chooses MySQL unless <c>Workers:Store</c> says otherwise.</summary>
    [Secret]
    public string ConnectionString { get; set; } = "";

    /// <summary>Connections for reading that are kept open. Default 4.</summary>
    [Range(1, 100)]
    public int ReaderConnections { get; set; } = 4;

    /// <summary>How long a statement may take until the server counts as away. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);
}

/// <summary><c>Workers:MongoDb</c>: used where <c>Workers:Audit</c> is <c>mongodb</c>.</summary>
internal sealed class MongoDbSection
{
    /// <summary><c>mongodb://host:27017</c>. Naming it chooses MongoDB unless <c>Workers:Audit</c> says otherwise.</summary>
    [Secret]
    public string ConnectionString { get; set; } = "";

    /// <summary>Default <c>workers</c>.</summary>
    [Required]
    public string Database { get; set; } = "workers";

    /// <summary>Reads at a time. Default 8.</summary>
    [Range(1, 100)]
    public int Readers { get; set; } = 8;
}
