using System.Globalization;
using System.Net;
using StackExchange.Redis;
using Workers.Engine.Health;

namespace Workers.Redis;

/// <summary>Looks at the server and whether it takes what the cache and the limits need; changes nothing but a key of its own that ends within seconds.</summary>
public static class RedisDoctor
{
    // Away, it is no reason not to start.
    private const string Meanwhile = "until then nothing is cached and each process counts its own rate limits.";

    public static async Task<IReadOnlyList<Finding>> LookAsync(string connectionString, TimeSpan limit, TimeProvider time)
    {
        try
        {
            var options = RedisAddress.Parse(connectionString);

            // Its client counts INFO among what only administrators ask.
            options.AllowAdmin = true;
            using var redis = await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(limit);
            await redis.GetDatabase().PingAsync(CommandFlags.DemandMaster).WaitAsync(limit);
            return await LookAsync(redis, time).WaitAsync(limit);
        }
        catch (Exception error) when (error is TimeoutException or RedisException or RedisCommandException)
        {
            var why = error is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } ? "refuses the password"
                : error is RedisConnectionException connection ? $"no connection: {connection.FailureType}"
                : error is RedisServerException refused ? refused.Message.Split(' ')[0]
                : "no answer";
            return [Finding.Doubtful("redis", why, $"Start it, or mend Workers:Redis:ConnectionString: {Meanwhile}")];
        }
    }

    private static async Task<IReadOnlyList<Finding>> LookAsync(ConnectionMultiplexer redis, TimeProvider time)
    {
        var server = redis.GetEndPoints().Select(place => redis.GetServer(place)).First(one => one is { IsConnected: true, IsSlave: false });
        var info = (await server.InfoRawAsync() ?? "").Split('\n').Select(line => line.Trim().Split(':', 2)).Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0]).ToDictionary(pair => pair.Key, pair => pair.First()[1], StringComparer.Ordinal);
        var version = info.GetValueOrDefault("redis_version", "of an unknown version");
        var found = new List<Finding>
        {
            int.TryParse(version.Split('.')[0], CultureInfo.InvariantCulture, out var major) && major < 5
                ? Finding.Doubtful("redis", $"answers, {version}", "Take Redis 5 or newer.")
                : Finding.Good("redis", $"answers, {version}"),
            await WriteAsync(redis),
        };
        var before = time.GetUtcNow().ToUnixTimeMilliseconds();
        var its = new DateTimeOffset(await server.TimeAsync(), TimeSpan.Zero).ToUnixTimeMilliseconds();
        found.Add(Finding.Clock("redis", its, before, time.GetUtcNow().ToUnixTimeMilliseconds()));
        return found;
    }

    private static async Task<Finding> WriteAsync(ConnectionMultiplexer redis)
    {
        try
        {
            await redis.GetDatabase().StringSetAsync($"workers:doctor:{Dns.GetHostName()}", "1", TimeSpan.FromSeconds(5), flags: CommandFlags.DemandMaster);
            return Finding.Good("redis writes", "it takes entries");
        }
        catch (RedisServerException refused)
        {
            return Finding.Doubtful("redis writes", $"it refuses to write: {refused.Message.Split(' ')[0]}", $"Give it memory (maxmemory, an eviction policy), or name the master: {Meanwhile}");
        }
    }
}
