using System.Globalization;

namespace Workers.Host.Configuration;

/// <summary>
/// Names by which other programs of this kind are configured, and what they are here: environment variables first, then keys of
/// <c>configs/config.yaml</c>. One that has no <see cref="Alias.Key"/> is understood, not used, and warned of.
/// </summary>
internal static class Aliases
{
    public static readonly IReadOnlyList<Alias> Environment =
    [
        new("PORT", ConfigurationReader.UrlsKey, Port),
        new("DATABASE_URL", "Workers:Store", StoreOf),
        new("RUST_LOG", "Workers:Logging:Level", LevelOf),
        new("MONGODB_URI", "Workers:MongoDb:ConnectionString"), new("MONGODB_DB", "Workers:MongoDb:Database"),
        new("REDIS_URL", "Workers:Redis:ConnectionString"), new("CACHE_TTL", "Workers:Cache:Ttl"),
        new("KAFKA_BROKERS", "Workers:Kafka:BootstrapServers"), new("KAFKA_TOPIC", "Workers:Feeds:OrderEvents"),
    ];

    public static readonly IReadOnlyList<Alias> Yaml =
    [
        new("server.port", ConfigurationReader.UrlsKey, Port),
        new("server.read_timeout", "Workers:Api:ReadTimeout"),
        new("server.write_timeout", "Workers:Api:WriteTimeout"),
        new("server.idle_timeout", "Workers:Api:IdleTimeout"),
        new("database.mysql.max_idle_conns", "Workers:MySql:ReaderConnections", static text => Within(text, 1, 100, 100)),
        new("database.mysql.max_open_conns", "Workers:MySql:MaxConnections", static text => Within(text, 20, 10_000, 10_000)),
        new("database.mysql.conn_max_lifetime", "Workers:MySql:ConnectionLifetime"),
        new("database.mongodb.max_pool_size", "Workers:MongoDb:Readers", Readers),
        new("database.mongodb.uri", "Workers:MongoDb:ConnectionString"),
        new("database.mongodb.database", "Workers:MongoDb:Database"),
        new("mongodb.uri", "Workers:MongoDb:ConnectionString"),
        new("mongodb.database", "Workers:MongoDb:Database"),
        new("redis.url", "Workers:Redis:ConnectionString"),
        new("cache.ttl", "Workers:Cache:Ttl"),
        new("kafka.brokers", "Workers:Kafka:BootstrapServers"),
        new("kafka.topic", "Workers:Feeds:CqrsEvents"),
        new("kafka.group_id", "Workers:Kafka:GroupPrefix", static name => name + "."),
        new("kafka.consumer_timeout", "Workers:Kafka:ConsumerTimeout"),
        new("kafka.producer_timeout", "Workers:Kafka:ProducerTimeout"),
        new("command_bus.initial_capacity", "Workers:Bus:Command:InitialCapacity"),
        new("command_bus.enable_metrics", "Workers:Bus:Command:EnableMetrics"),
        new("command_bus.timeout", "Workers:Bus:Command:Timeout"),
        new("query_bus.initial_capacity", "Workers:Bus:Query:InitialCapacity"),
        new("query_bus.cache_ttl", "Workers:Bus:Query:CacheTtl"),
        new("query_bus.max_retries", "Workers:Bus:Query:MaxRetries"),
        new("circuit_breaker.failure_threshold", "Workers:Bus:CircuitBreaker:FailureThreshold"),
        new("circuit_breaker.timeout", "Workers:Bus:CircuitBreaker:Timeout"),
        new("cqrs.name", "Workers:Cqrs:Name"), new("cqrs.version", "Workers:Cqrs:Version"), new("cqrs.description", "Workers:Cqrs:Description"),
        new("cqrs.max_commands", "Workers:Cqrs:MaxCommands"), new("cqrs.max_queries", "Workers:Cqrs:MaxQueries"),
        new("cqrs.max_events", "Workers:Cqrs:MaxEvents"), new("cqrs.max_read_models", "Workers:Cqrs:MaxReadModels"),
        new("cqrs.cleanup_interval", "Workers:Cqrs:CleanupInterval"),
        new("cqrs.validation_enabled", "Workers:Cqrs:ValidationEnabled"), new("cqrs.caching_enabled", "Workers:Cqrs:CachingEnabled"),
        new("cqrs.monitoring_enabled", "Workers:Cqrs:MonitoringEnabled"), new("cqrs.auditing_enabled", "Workers:Cqrs:AuditingEnabled"),
        new("cqrs.supported_command_types", "Workers:Cqrs:SupportedCommandTypes"), new("cqrs.supported_query_types", "Workers:Cqrs:SupportedQueryTypes"),
        new("cqrs.supported_event_types", "Workers:Cqrs:SupportedEventTypes"), new("cqrs.supported_read_model_types", "Workers:Cqrs:SupportedReadModelTypes"),
        new("cqrs.metadata.environment", "Workers:Cqrs:Metadata:Environment"), new("cqrs.metadata.region", "Workers:Cqrs:Metadata:Region"),
        new("cqrs.metadata.team", "Workers:Cqrs:Metadata:Team"), new("cqrs.metadata.project", "Workers:Cqrs:Metadata:Project"),
    ];

    /// <summary>Sections of <c>configs/config.yaml</c> that belong to parts which this version does not have.</summary>
    public static readonly IReadOnlyList<string> UnusedYaml = ["database.", "mongodb.", "redis.", "kafka.", "command.", "cache."];

    /// <summary>Below it lie an entity, a member and the parts of its rule, such as <c>user.name.min_length</c>: here one value a member.</summary>
    public const string YamlRules = "cqrs.validation_rules.";

    /// <summary>What other programs call the parts of a connection to MySQL: environment variables, and keys below <c>database.mysql.</c></summary>
    public static readonly IReadOnlyList<(string Variable, string Yaml, string Part)> MySql =
    [
        ("DB_HOST", "host", "Server"), ("DB_PORT", "port", "Port"), ("DB_USER", "username", "User ID"), ("DB_PASSWORD", "password", "Password"),
        ("DB_NAME", "database", "Database"),
    ];

    /// <summary>What other programs call the parts of an address of Redis: environment variables, and keys below <c>redis.</c></summary>
    public static readonly IReadOnlyList<(string Variable, string Yaml, string Part)> Redis =
    [
        ("REDIS_HOST", "host", "host"), ("REDIS_PORT", "port", "port"), ("REDIS_PASSWORD", "password", "password"), ("REDIS_DB", "db", "database"),
        ("REDIS_DATABASE", "database", "database"), ("REDIS_ADDR", "addr", "address"), ("REDIS_ADDRESS", "address", "address"),
    ];

    /// <summary>A connection that is named chooses its technology, unless that is chosen otherwise.</summary>
    public static readonly IReadOnlyList<(string Connection, string Choice, string Value)> Chooses =
    [
        ("Workers:Kafka:BootstrapServers", "Workers:Log", "kafka"),
        ("Workers:MySql:ConnectionString", "Workers:Store", "mysql"),
        ("Workers:MongoDb:ConnectionString", "Workers:Audit", "mongodb"),
        ("Workers:Redis:ConnectionString", "Workers:Cache", "redis"),
    ];

    /// <summary>The parts that <c>mysql://user:password@host:port/database</c> names; none of any other address.</summary>
    public static IEnumerable<(string Part, string Value)> MySqlUrl(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme != "mysql" || uri.Host.Length == 0)
        {
            return [];
        }

        var user = uri.UserInfo.Split(':', 2);
        return
        [
            ("Server", uri.Host), ("Port", uri.Port > 0 ? $"{uri.Port}" : ""), ("User ID", Uri.UnescapeDataString(user[0])),
            ("Password", user.Length > 1 ? Uri.UnescapeDataString(user[1]) : ""), ("Database", Uri.UnescapeDataString(uri.AbsolutePath.Trim('/'))),
        ];
    }

    /// <summary><c>redis://:password@host:port/database</c> of its parts, of which one is a host or an address.</summary>
    public static string RedisUrl(IReadOnlyDictionary<string, string> parts)
    {
        var address = parts.GetValueOrDefault("address") ?? $"{parts["host"]}:{parts.GetValueOrDefault("port", "6379")}";
        return $"redis://:{Uri.EscapeDataString(parts.GetValueOrDefault("password", ""))}@{address}/{parts.GetValueOrDefault("database", "0")}";
    }

    // ":8080" and "8080"; loopback, as everywhere without keys.
    private static string Port(string text) =>
        int.TryParse(text.TrimStart(':'), out var port) && port is >= 0 and <= 65_535
            ? port == 0 ? "http://127.0.0.1:0" : $"http://127.0.0.1:{port};http://[::1]:{port}"
            : throw new FormatException("must be a port, 0 to 65535");

    // Two more write, and each reader keeps its connection: the size is a bound, not a wish.
    private static string Readers(string size) =>
        (Number(size) is var number && number == 0 ? MostReaders : Math.Clamp(number - 2, 1, MostReaders)).ToString(CultureInfo.InvariantCulture);

    private const int MostReaders = 8;

    // In such files 0 is no limit.
    private static string Within(string text, int least, int most, int none) =>
        (Number(text) is var number && number == 0 ? none : Math.Clamp(number, least, most)).ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException("must be a number of connections");

    private static string StoreOf(string url) => url.Split(':')[0].ToLowerInvariant() switch
    {
        "sqlite" => "sqlite",
        "mysql" => "mysql",
        "postgres" or "postgresql" => throw new FormatException("asks for PostgreSQL, which is not supported; use sqlite: or mysql://"),
        var scheme => throw new FormatException($"must start with sqlite: or mysql://, not '{scheme}:'"),
    };

    // "info", or the level without a target of "hyper=warn,info".
    private static string LevelOf(string filter)
    {
        var level = filter.Split(',').Select(p => p.Trim()).FirstOrDefault(p => !p.Contains('='), "info").ToLowerInvariant();
        return level switch { "warning" => "warn", "off" => "none", _ => level };
    }
}

/// <param name="Name">The variable, or the dotted path in the file.</param>
/// <param name="Key">What it sets here; null where nothing does yet.</param>
/// <param name="Convert">How its value is written here; as it is if null. Throws <see cref="FormatException"/>.</param>
internal sealed record Alias(string Name, string? Key = null, Func<string, string>? Convert = null);
