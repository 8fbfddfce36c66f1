using System.Text.RegularExpressions;

namespace Workers.EndToEnd.Cluster;

/// <summary>Where a cluster finds its servers.</summary>
/// <param name="MongoDb">Null: audit and read models are the door's, in its directory.</param>
internal sealed partial record ClusterServers(string Kafka, string MySql, string? MongoDb)
{
    /// <summary>Another build of the program than the usual one; null: that one.</summary>
    public string? Build { get; init; }

    /// <summary>More of the environment of every process.</summary>
    public IReadOnlyDictionary<string, string> More { get; init; } = new Dictionary<string, string>();

    public static ClusterServers WithMongoDb() => WithoutMongoDb() with { MongoDb = TestServers.Named("WORKERS_TEST_MONGODB") };

    /// <summary>FerretDB, which stands for MongoDB in tests, scans, and does not stand a load.</summary>
    public static ClusterServers WithoutMongoDb() => new(TestServers.Named("WORKERS_TEST_KAFKA"), TestServers.Named("WORKERS_TEST_MYSQL"), null);

    /// <summary>
    /// A proxy before the broker. Its clients follow the addresses that it tells them, so it must have a listener for them alone, which tells the
    /// proxy's: <c>WORKERS_TEST_KAFKA_PROXIED</c> is <c>{what it tells}={the listener}</c>.
    /// </summary>
    public static Task<Toxiproxy> BeforeKafkaAsync()
    {
        var (told, listener) = TestServers.Named("WORKERS_TEST_KAFKA_PROXIED").Split('=') is [var first, var second]
            ? (first, second)
            : throw new InvalidOperationException("WORKERS_TEST_KAFKA_PROXIED is {what the broker tells}={its listener}, each host:port.");
        return Toxiproxy.OpenAsync(listener, told);
    }

    public static Task<Toxiproxy> BeforeMySqlAsync()
    {
        var text = TestServers.Named("WORKERS_TEST_MYSQL");
        return Toxiproxy.OpenAsync($"{Host().Match(text).Groups[1]}:{Port().Match(text).Groups[1]}");
    }

    public static Task<Toxiproxy> BeforeMongoDbAsync() => Toxiproxy.OpenAsync(Uri(TestServers.Named("WORKERS_TEST_MONGODB")).Authority);

    /// <summary>A proxy before Redis, which caches then.</summary>
    public static Task<Toxiproxy> BeforeRedisAsync() => Toxiproxy.OpenAsync(TestServers.Named("WORKERS_TEST_REDIS"));

    public ClusterServers Through(Toxiproxy? kafka = null, Toxiproxy? mysql = null, Toxiproxy? mongodb = null, Toxiproxy? redis = null) => new(
        kafka?.Address ?? Kafka,
        mysql is null ? MySql : Port().Replace(Host().Replace(MySql, $"Server={Uri("tcp://" + mysql.Address).Host}"), $"Port={Uri("tcp://" + mysql.Address).Port}"),
        mongodb is null ? MongoDb : MongoDb!.Replace(Uri(MongoDb).Authority, mongodb.Address, StringComparison.Ordinal))
    {
        More = redis is null
            ? More
            : new Dictionary<string, string> { ["Workers__Cache"] = "redis", ["Workers__Redis__ConnectionString"] = $"redis://{redis.Address}/0" },
    };

    private static Uri Uri(string text) => new(text);

    [GeneratedRegex(@"\bServer=([^;]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Host();

    [GeneratedRegex(@"\bPort=(\d+)", RegexOptions.IgnoreCase)]
    private static partial Regex Port();
}
