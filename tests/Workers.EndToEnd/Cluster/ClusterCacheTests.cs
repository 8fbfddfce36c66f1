using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Cluster;

/// <summary>Two processes with a door, a worker apart from them, and a Redis between that is frozen and killed.</summary>
[Category("Slow")]
public sealed class ClusterCacheTests
{
    [Test]
    public async Task What_one_door_has_answered_every_door_reads_and_they_share_their_limits()
    {
        using var redis = await RedisServer.StartAsync();
        await using var cluster = await Cluster.StartAsync(
            ClusterServers.WithoutMongoDb() with
            {
                More = new Dictionary<string, string>
                {
                    ["Workers__Cache"] = "redis",
                    ["Workers__Redis__ConnectionString"] = redis.Address,
                    ["Workers__Api__RateLimit__Anonymous"] = "true",
                    ["Workers__Api__RateLimit__AddressRate"] = "1",
                    ["Workers__Api__RateLimit__AddressBurst"] = "1000000",
                },
            },
            "api,projections,audit", "api2", "commands");
        ApiClient[] doors = [(await cluster["api,projections,audit"].Present).Api, (await cluster["api2"].Present).Api];
        await using (var writer = new Writer(doors))
        {
            await writer.StartAsync();
            await UsedAsync(doors);
            redis.Freeze();
            await writer.RoundsAsync(10);
            redis.Resume();
            await writer.RoundsAsync(20);
            await UsedAsync(doors);
            redis.Kill();
            await writer.RoundsAsync(10);
            (await redis.AgainAsync()).ShouldBeTrue();
            await writer.RoundsAsync(20);
            await UsedAsync(doors);
            await writer.RoundsAsync(20);
        }

        const int requests = 200;
        var before = await LeftAsync(doors[1]);
        for (var i = 0; i < requests; i++)
        {
            await LeftAsync(doors[0]);
        }

        // A token a second comes back meanwhile.
        (before - await LeftAsync(doors[1])).ShouldBeGreaterThan(requests / 2);
    }

    // Each door reads a state twice after each write: what the first has put, the second finds.
    private static async Task UsedAsync(IEnumerable<ApiClient> doors)
    {
        foreach (var door in doors)
        {
            await CacheTests.UsedAsync(door);
        }
    }

    private static async Task<int> LeftAsync(ApiClient door)
    {
        var header = (await door.GetAsync("/api/v1/users/nobody")).Header("RateLimit")!;
        return int.Parse(header.Split("r=")[1].Split(';')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
