using System.Net.Sockets;
using Workers.Engine.Health;
using Workers.Engine.Store;
using Workers.Host.Configuration;
using Workers.Host.Roles;
using Workers.Kafka;
using Workers.MongoDb;
using Workers.MySql;
using Workers.Redis;
using Workers.Sqlite;

namespace Workers.Host.CommandLine.Doctor;

/// <summary>The servers that the configuration names: each is asked, whatever the others say.</summary>
internal static class ServerChecks
{
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Finding>> LookAsync(WorkersOptions options)
    {
        var found = new List<Finding>();
        var time = TimeProvider.System;
        int? stored = null;
        if (options.HasMySql())
        {
            found.AddRange(Asked("mysql", () => MySqlDoctor.Look(Adapters.MySql(options), time, out stored)));
        }
        else if (options.HasKafka())
        {
            found.AddRange(Asked("database", () =>
            {
                stored = SqliteFile.StoredPartitions(EmbeddedFile.PathIn(options));
                return [];
            }));
        }

        if (options.HasKafka())
        {
            found.AddRange(Asked("kafka", () => KafkaDoctor.Look(options.Kafka, options.Feeds, stored)));
        }

        if (options.HasMongoDb())
        {
            found.AddRange(Asked("mongodb", () => MongoDoctor.Look(Adapters.MongoDb(options), time)));
        }

        if (options.HasRedis())
        {
            found.AddRange(await RedisDoctor.LookAsync(options.Redis.ConnectionString, Limit, time));
        }

        if (Environment.GetEnvironmentVariable(OtlpEndpoint) is { Length: > 0 } endpoint)
        {
            found.Add(await CollectorAsync(endpoint));
        }

        return found;
    }

    private static IReadOnlyList<Finding> Asked(string check, Func<IReadOnlyList<Finding>> ask)
    {
        try
        {
            return ask();
        }
        catch (StoreOpenException error)
        {
            return [Finding.Bad(check, error.Message, "Do what it says, then ask again.")];
        }
    }

    // Away, it costs spans, nothing else.
    private static async Task<Finding> CollectorAsync(string endpoint)
    {
        const string check = "otlp";
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            return Finding.Doubtful(check, $"{OtlpEndpoint} is no address", "Set it to one such as http://127.0.0.1:4317.");
        }

        try
        {
            using var client = new TcpClient();
            using var limit = new CancellationTokenSource(Limit);
            await client.ConnectAsync(url.DnsSafeHost, url.Port, limit.Token);
            return Finding.Good(check, $"{url.Host}:{url.Port} takes connections");
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            return Finding.Doubtful(check, $"{url.Host}:{url.Port} takes no connection", $"Start the collector, or correct {OtlpEndpoint}: until then traces and figures are not sent.");
        }
    }
}
