using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Cluster;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd;

/// <summary>The program with its cache in a Redis that is killed and frozen.</summary>
[Category("Slow")]
public sealed class RedisTests
{
    private const string Stats = "/api/v1/repositories/cache/stats";

    [Test]
    public async Task Reads_are_right_and_no_request_fails_while_Redis_is_killed_or_frozen_and_after()
    {
        using var redis = await RedisServer.StartAsync();
        using var directory = new DataDirectory();
        using var program = await RunningProgram.StartAsync(directory.FullName, new Dictionary<string, string> { ["REDIS_HOST"] = "127.0.0.1", ["REDIS_PORT"] = $"{redis.Port}" });
        await program.Api.UntilAsync("/health/ready", answer => answer.Status == 200);
        await using var writer = new Writer([program.Api]);
        await writer.StartAsync();
        await UsedAsync(program.Api);

        redis.Freeze();
        await writer.RoundsAsync(20);
        await AwayAsync(program.Api);
        redis.Resume();
        await writer.RoundsAsync(20);
        await UsedAsync(program.Api);

        redis.Kill();
        await writer.RoundsAsync(20);
        await AwayAsync(program.Api);
        (await redis.AgainAsync()).ShouldBeTrue();
        await writer.RoundsAsync(20);
        await UsedAsync(program.Api);
        (await program.Api.GetAsync(Stats)).Text("backend").ShouldBe("redis");
    }

    [Test]
    public async Task A_start_without_Redis_serves_and_says_that_it_is_degraded()
    {
        using var redis = await RedisServer.StartAsync();
        redis.Kill();
        using var directory = new DataDirectory();
        using var program = await RunningProgram.StartAsync(directory.FullName, new Dictionary<string, string> { ["REDIS_URL"] = redis.Address });
        await program.Api.UntilAsync("/health/ready", answer => answer.Status == 200);
        await using var writer = new Writer([program.Api]);
        await writer.StartAsync();
        await writer.RoundsAsync(3);
        await AwayAsync(program.Api);

        (await redis.AgainAsync()).ShouldBeTrue();
        await UsedAsync(program.Api);
    }

    private static async Task UsedAsync(ApiClient api)
    {
        await api.UntilAsync("/health/ready", answer => answer.Status == 200 && answer.Text("status") == "healthy");
        await CacheTests.UsedAsync(api);
    }

    private static async Task AwayAsync(ApiClient api)
    {
        var ready = await api.UntilAsync("/health/ready", answer => answer.Text("status") == "degraded");
        (ready.Status, ready.Json["checks"]!["cache"]!["status"]!.ToString()).ShouldBe((200, "degraded"));
    }
}
