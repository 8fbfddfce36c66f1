using NUnit.Framework;
using Shouldly;
using Workers.Conformance.Cache;
using Workers.EndToEnd.Running;
using Workers.Engine.Cache;
using Workers.Engine.Limits;
using Workers.Redis;

namespace Workers.Conformance.Redis;

[TestFixture]
public sealed class RedisResourceCacheTests : ResourceCacheConformance
{
    private RedisPlace? _place;

    [TearDown]
    public async Task Close() => await (_place?.DisposeAsync() ?? default);

    protected override async Task<IResourceCache> MakeAsync() => await (_place = RedisPlace.OnServer()).CacheAsync();

    [Test]
    public async Task What_one_process_writes_no_other_reads_as_it_was()
    {
        var (one, other) = (await _place!.CacheAsync(), await _place.CacheAsync());
        await one.ShouldComeToKeepAsync(1);

        var ended = await other.WriteAsync(2);
        (await one.FoundAsync()).ShouldBeNull();
        await one.PutAsync(1);
        await ended();

        (await one.FoundAsync()).ShouldBeNull();
        await one.ShouldComeToKeepAsync(2);
        await RedisPlace.UntilAsync(async () =>
        {
            // The one may not have heard yet that the other began a generation: what it puts until then does not count.
            await one.PutAsync(2);
            var found = await other.FoundAsync();
            (found ?? 2).ShouldBe(2);
            return found is not null;
        });
    }

    [Test]
    public async Task A_state_with_values_that_nobody_should_read_stays_in_the_store()
    {
        var cache = await _place!.CacheAsync();
        await cache.ShouldComeToKeepAsync(1);
        await cache.PutAsync(2, """{"cvv":"123"}""");
        (await cache.FoundAsync()).ShouldBe(1);
    }

    [Test]
    public async Task A_process_that_slept_through_a_frozen_server_does_not_believe_it_when_it_is_back()
    {
        using var server = await RedisServer.StartAsync();
        await using var place = new RedisPlace(server.Address, new RedisTimes());
        var (writer, link) = (await place.CacheAsync(), await place.LinkAsync());
        var reader = RedisPlace.Cache(link);
        await reader.ShouldComeToKeepAsync(1);

        server.Freeze();
        var ended = await writer.WriteAsync(2);
        server.Resume();

        await RedisPlace.UntilAsync(() => !link.Trust.IsAway);
        for (var i = 0; i < 100; i++)
        {
            (await reader.FoundAsync()).ShouldBeNull();
        }

        await ended();
        await reader.ShouldNotFindAsync(1);
        await reader.ShouldComeToKeepAsync(2);
    }

    [Test]
    public async Task A_server_that_comes_back_with_old_entries_is_not_believed()
    {
        using var server = await RedisServer.StartAsync();
        await using var place = new RedisPlace(server.Address, new RedisTimes());
        var (writer, reader) = (await place.CacheAsync(), await place.CacheAsync());
        await reader.ShouldComeToKeepAsync(1);

        server.Kill();
        (await reader.FoundAsync()).ShouldBeNull();
        await (await writer.WriteAsync(2))();
        (await server.AgainAsync()).ShouldBeTrue();

        await reader.ShouldNotFindAsync(1);
        await reader.ShouldComeToKeepAsync(2);
    }

    [Test]
    public async Task A_process_that_alone_does_not_reach_the_server_keeps_all_others_from_believing_it()
    {
        await using var place = new RedisPlace(RedisPlace.Server, new RedisTimes());
        var (lonely, reader) = (place.WithoutServer(), await place.CacheAsync());
        await reader.ShouldComeToKeepAsync(1);

        await (await RedisPlace.Cache(lonely).WriteAsync(2))();
        for (var i = 0; i < 100; i++)
        {
            (await reader.FindAsync(Steps.Ada, CancellationToken.None)).IsUsable.ShouldBeFalse();
        }

        await place.StopAsync(lonely);
        await reader.ShouldNotFindAsync(1);
        await reader.ShouldComeToKeepAsync(2);
    }
}

[TestFixture]
public sealed class RedisRateLimiterTests : RateLimiterConformance
{
    private RedisPlace? _place;

    [TearDown]
    public async Task Close() => await (_place?.DisposeAsync() ?? default);

    protected override async Task<IRateLimiter> MakeAsync() =>
        new RedisRateLimiter(await (_place = RedisPlace.OnServer()).LinkAsync(), new LocalRateLimiter(TimeProvider.System));

    [Test]
    public async Task Processes_share_their_buckets()
    {
        var other = new RedisRateLimiter(await _place!.LinkAsync(), new LocalRateLimiter(TimeProvider.System));
        var limit = new RateLimit(1, 60);
        var allowed = 0;
        for (var i = 0; i < 100; i++)
        {
            allowed += (await (i % 2 == 0 ? Limiter : other).TakeAsync("ada", limit, CancellationToken.None)).IsAllowed ? 1 : 0;
        }

        allowed.ShouldBeInRange(60, 80);
    }

    [Test]
    public async Task While_the_server_is_away_each_process_counts_for_itself()
    {
        using var server = await RedisServer.StartAsync();
        await using var place = new RedisPlace(server.Address, new RedisTimes());
        var limiter = new RedisRateLimiter(await place.LinkAsync(), new LocalRateLimiter(TimeProvider.System));
        var limit = new RateLimit(1, 1_000);
        var before = await limiter.TakeAsync("ada", limit, CancellationToken.None);
        await limiter.TakeAsync("ada", limit, CancellationToken.None);

        server.Kill();

        (await limiter.TakeAsync("ada", limit, CancellationToken.None)).Remaining.ShouldBe(before.Remaining);
    }
}
