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
        new("database.mongodb.uri", "Workers:MongoDb:ConnectionString"),
        new("database.mongodb.database", "Workers:MongoDb:Database"),
        new("mongodb.uri", "Workers:MongoDb:ConnectionString"),
        new("mongodb.database", "Workers:MongoDb:Database"),
        new("redis.url", "Workers:Redis:ConnectionString"),
        new("cache.ttl", "Workers:Cache:Ttl"),
        new("kafka.brokers", "Workers:Kafka:BootstrapServers"),
        new("kafka.topic", "Workers:Feeds:CqrsEvents"),
        new("kafka.group_id", "Workers:Kafka:GroupPrefix", static name => name + "."),
        new("kafka.producer_timeout", "Workers:Kafka:ProducerTimeout"),
        new("command_bus.initial_capacity", "Workers:Bus:Command:InitialCapacity"),
        new("command_bus.enable_metrics", "Workers:Bus:Command:EnableMetrics"),
        new("command_bus.timeout", "Workers:Bus:Command:Timeout"),
        new("query_bus.initial_capacity", "Workers:Bus:Query:InitialCapacity"),
        new("query_bus.cache_ttl", "Workers:Bus:Query:CacheTtl"),
        new("query_bus.max_retries", "Workers:Bus:Query:MaxRetries"),
        new("circuit_breaker.failure_threshold", "Workers:Bus:CircuitBreaker:FailureThreshold"),
        new("circuit_breaker.timeout", "Workers:Bus:CircuitBreaker:Timeout"),
    ];

    /// <summary>Sections of <c>configs/config.yaml</c> that belong to parts which this version does not have.</summary>
    public static readonly IReadOnlyList<string> UnusedYaml = ["database.", "mongodb.", "redis.", "kafka.", "cqrs.", "command.", "cache."];

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

    /// <summary><c>redis://:password@host:port/database</c> of its parts; null where they name no host.</summary>
    public static string? RedisUrl(IReadOnlyDictionary<string, string> parts)
    {
        var address = parts.GetValueOrDefault("address") ?? (parts.TryGetValue("host", out var host) ? $"{host}:{parts.GetValueOrDefault("port", "6379")}" : null);
        return address is null ? null : $"redis://:{Uri.EscapeDataString(parts.GetValueOrDefault("password", ""))}@{address}/{parts.GetValueOrDefault("database", "0")}";
    }

    // ":8080" and "8080"; loopback, as everywhere without keys.
    private static string Port(string text) =>
        int.TryParse(text.TrimStart(':'), out var port) && port is >= 0 and <= 65_535
            ? port == 0 ? "http://127.0.0.1:0" : $"http://127.0.0.1:{port};http://[::1]:{port}"
            : throw new FormatException("must be a port, 0 to 65535");

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
