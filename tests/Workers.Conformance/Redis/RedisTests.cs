using NUnit.Framework;
using Shouldly;
using Workers.Conformance.Cache;
using Workers.EndToEnd.Running;
using Workers.Engine.Cache;
using Workers.Engine.Limits;
using Workers.Engine.Store;
using Workers.Redis;

namespace Workers.Conformance.Redis;

[TestFixture]
public sealed class RedisResourceCacheTests : ResourceCacheConformance
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly StateKey Ada = new("user", "ada");

    private RedisPlace? _place;

    [TearDown]
    public async Task Close() => await (_place?.DisposeAsync() ?? default);

    protected override async Task<IResourceCache> MakeAsync() => await (_place = RedisPlace.OnServer()).CacheAsync();

    [Test]
    public async Task What_one_process_writes_no_other_reads_as_it_was()
    {
        var (one, other) = (await _place!.CacheAsync(), await _place.CacheAsync());
        await ShouldComeToKeepAsync(one, 1);

        var ended = other.BeforeWrite([new StateWrite(Ada, 1, 2, [], null, 0, null)]);
        (await one.FindAsync(Ada, None)).Row.ShouldBeNull();
        await Put(one, 1);
        ended!();

        (await one.FindAsync(Ada, None)).Row.ShouldBeNull();
        await ShouldComeToKeepAsync(one, 2);
        await RedisPlace.UntilAsync(async () =>
        {
            // The one may not have heard yet that the other began a generation: what it puts until then does not count.
            await Put(one, 2);
            var found = (await other.FindAsync(Ada, None)).Row;
            (found?.Version ?? 2).ShouldBe(2);
            return found is not null;
        });
    }

    [Test]
    public async Task A_state_with_values_that_nobody_should_read_stays_in_the_store()
    {
        var cache = await _place!.CacheAsync();
        await ShouldComeToKeepAsync(cache, 1);
        await Put(cache, 2, """{"cvv":"123"}""");
        (await cache.FindAsync(Ada, None)).Row!.Version.ShouldBe(1);
    }

    [Test]
    public async Task A_process_that_slept_through_a_frozen_server_does_not_believe_it_when_it_is_back()
    {
        using var server = await RedisServer.StartAsync();
        await using var place = new RedisPlace(server.Address, new RedisTimes());
        var (writer, reader) = (await place.CacheAsync(), await place.CacheAsync());
        await ShouldComeToKeepAsync(reader, 1);

        server.Freeze();
        var ended = await Task.Run(() => writer.BeforeWrite([new StateWrite(Ada, 1, 2, [], null, 0, null)]));
        server.Resume();

        await ShouldNeverFindAsync(reader, 1);
        ended!();
        await ShouldNeverFindAsync(reader, 1);
        await ShouldComeToKeepAsync(reader, 2);
    }

    [Test]
    public async Task A_server_that_comes_back_with_old_entries_is_not_believed()
    {
        using var server = await RedisServer.StartAsync();
        await using var place = new RedisPlace(server.Address, new RedisTimes());
        var (writer, reader) = (await place.CacheAsync(), await place.CacheAsync());
        await ShouldComeToKeepAsync(reader, 1);

        server.Kill();
        (await reader.FindAsync(Ada, None)).Row.ShouldBeNull();
        var ended = await Task.Run(() => writer.BeforeWrite([new StateWrite(Ada, 1, 2, [], null, 0, null)]));
        (await server.AgainAsync()).ShouldBeTrue();

        await ShouldNeverFindAsync(reader, 1);
        ended!();
        await ShouldComeToKeepAsync(reader, 2);
    }

    [Test]
    public async Task A_process_that_alone_does_not_reach_the_server_keeps_all_others_from_believing_it()
    {
        await using var place = new RedisPlace(RedisPlace.Server, new RedisTimes());
        var (writer, reader) = (place.CacheWithoutServer(), await place.CacheAsync());
        await ShouldComeToKeepAsync(reader, 1);

        var ended = await Task.Run(() => writer.BeforeWrite([new StateWrite(Ada, 1, 2, [], null, 0, null)]));
        await ShouldNeverFindAsync(reader, 1);
        ended!();
        await Put(reader, 2);

        (await reader.FindAsync(Ada, None)).IsUsable.ShouldBeFalse();
    }

    private static async Task Put(RedisResourceCache cache, long version, string json = "{}")
    {
        var look = await cache.FindAsync(Ada, None);
        await cache.PutAsync(Ada, new StateRow(version, System.Text.Encoding.UTF8.GetBytes(json), 0), look.Ticket, TimeSpan.FromMinutes(1), None);
    }

    private static async Task ShouldNeverFindAsync(RedisResourceCache cache, long version)
    {
        for (var i = 0; i < 100; i++)
        {
            (await cache.FindAsync(Ada, None)).Row?.Version.ShouldNotBe(version);
        }
    }

    private static async Task ShouldComeToKeepAsync(RedisResourceCache cache, long version)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await cache.FindAsync(Ada, None)).Row?.Version != version)
        {
            await Put(cache, version);
            await Task.Delay(20, deadline.Token);
        }
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
