using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;
using Workers.Engine.Limits;
using Workers.Engine.Store;
using Workers.Redis;

namespace Workers.Conformance.Redis;

/// <summary>A Redis that answers, and refuses some of what it is asked.</summary>
[TestFixture]
public sealed class RefusingRedisTests
{
    [TestCase("CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0")]
    [TestCase("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE")]
    [TestCase("ACL SETUSER default -@scripting", "ACL SETUSER default +@scripting")]
    public async Task Writes_go_on_without_one_that_takes_none_and_with_it_when_it_does(string refuse, string accept)
    {
        using var server = await RedisServer.StartAsync();
        await WritesGoOnAsync(server, _ => Task.FromResult((refuse, accept)));
    }

    [Test]
    public async Task Writes_go_on_without_a_cluster_of_which_a_part_is_missing()
    {
        using var server = await RedisServer.StartAsync("--cluster-enabled", "yes", "--cluster-require-full-coverage", "no");
        await server.TellAsync("CLUSTER ADDSLOTSRANGE 0 16383");
        await RedisPlace.UntilAsync(async () => await IsTakingAsync(server));
        await WritesGoOnAsync(server, async key =>
        {
            var slot = (await server.TellAsync($"CLUSTER KEYSLOT {key}"))[1..];
            return ($"CLUSTER DELSLOTS {slot}", $"CLUSTER ADDSLOTS {slot}");
        });
    }

    [Test]
    public async Task What_a_replica_has_is_not_read_and_replicas_alone_are_no_Redis()
    {
        using var server = await RedisServer.StartAsync();
        await using var place = new RedisPlace(server.Address, new RedisTimes());
        var link = await place.LinkAsync();
        var reader = RedisPlace.Cache(link);
        await reader.ShouldComeToKeepAsync(1);

        await server.TellAsync("REPLICAOF 127.0.0.1 1");

        (await reader.FoundAsync()).ShouldBeNull();
        await RedisPlace.UntilAsync(() => link.Trust.IsAway);
    }

    [Test]
    public async Task One_that_is_full_is_not_away_limits_are_counted_here_and_writes_drop_their_entries()
    {
        using var server = await RedisServer.StartAsync();
        await using var place = new RedisPlace(server.Address, RedisPlace.Patient);
        var link = await place.LinkAsync();
        var (cache, limiter) = (RedisPlace.Cache(link), new RedisRateLimiter(link, new LocalRateLimiter(TimeProvider.System)));
        await cache.ShouldComeToKeepAsync(1);
        var limit = new RateLimit(1, 60_000);
        await limiter.TakeAsync("ada", limit, CancellationToken.None);
        var epoch = place.Store.Epoch;

        await server.TellAsync("CONFIG SET maxmemory 1");
        (await TakeAsync()).ShouldBe(59_999, "a bucket of this process's own");
        (await TakeAsync()).ShouldBeInRange(59_998, 59_999);
        (await cache.FoundAsync()).ShouldBe(1);
        var end = await cache.WriteAsync(2);
        (await cache.FindAsync(Steps.Ada, CancellationToken.None)).IsUsable.ShouldBeFalse();
        await end();
        (link.Trust.IsAway, place.Store.Epoch).ShouldBe((false, epoch));
        (await Should.ThrowAsync<StoreUnavailableException>(() => link.PingAsync(CancellationToken.None))).Message.ShouldContain("OOM");
        place.Lines.All.Count(line => line.Contains("refuses")).ShouldBe(1);

        await server.TellAsync("CONFIG SET maxmemory 0");
        await cache.ShouldComeToKeepAsync(2);
        (await TakeAsync()).ShouldBeInRange(59_998, 59_999);

        async Task<int> TakeAsync() => (await limiter.TakeAsync("ada", limit, CancellationToken.None)).Remaining;
    }

    [Test]
    public async Task One_that_does_not_tell_its_size_is_not_away()
    {
        using var server = await RedisServer.StartAsync();
        await using var place = new RedisPlace(server.Address, RedisPlace.Patient);
        var link = await place.LinkAsync();
        await server.TellAsync("ACL SETUSER default -info -dbsize");

        (await RedisPlace.Cache(link).SizeAsync(CancellationToken.None)).Entries.ShouldBe(0);

        link.Trust.IsAway.ShouldBeFalse();
    }

    private static async Task WritesGoOnAsync(RedisServer server, Func<string, Task<(string Refuse, string Accept)>> commands)
    {
        await using var place = new RedisPlace(server.Address, new RedisTimes());
        var (link, reader) = (await place.LinkAsync(), await place.CacheAsync());
        var writer = RedisPlace.Cache(link);
        await reader.ShouldComeToKeepAsync(1);
        var (refuse, accept) = await commands($"{place.Scope}{Steps.Ada.Kind}:{Steps.Ada.Id}");

        await server.TellAsync(refuse);
        for (var version = 2; version <= 4; version++)
        {
            var end = await writer.WriteAsync(version);
            (await reader.FoundAsync()).ShouldBeNull();
            await end();
            (await reader.FoundAsync()).ShouldBeNull();
        }

        await Should.ThrowAsync<StoreUnavailableException>(() => link.PingAsync(CancellationToken.None));
        await server.TellAsync(accept);
        await reader.ShouldNotFindAsync(1);
        await reader.ShouldComeToKeepAsync(4);
        await RedisPlace.UntilAsync(() => !link.Trust.IsAway);
        place.Lines.All.Count(line => line.Contains("is away")).ShouldBeLessThan(10);
    }

    private static async Task<bool> IsTakingAsync(RedisServer server)
    {
        try
        {
            return await server.TellAsync("SET a b") == "+OK";
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
