using NUnit.Framework;
using Shouldly;
using Workers.Engine.Cache;
using Workers.Engine.Limits;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Tests.Time;

namespace Workers.Conformance.Cache;

[TestFixture]
public sealed class MemoryResourceCacheTests : ResourceCacheConformance
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly FakeTimeProvider _clock = new();

    protected override Task<IResourceCache> MakeAsync() => Task.FromResult<IResourceCache>(new MemoryResourceCache(new CacheOptions(), _clock));

    protected override Task MomentAsync(CancellationToken cancellation)
    {
        _clock.Advance(TimeSpan.FromMilliseconds(5));
        return Task.CompletedTask;
    }

    [TestCase(2, 1L << 20)]
    [TestCase(100, 1_400)]
    public async Task The_one_that_was_not_found_for_longest_goes_first(int entries, long bytes)
    {
        var cache = new MemoryResourceCache(new CacheOptions { MaxEntries = entries, MaxBytes = bytes }, TimeProvider.System);
        await Put("a");
        await Put("b");
        await cache.FindAsync(new StateKey("user", "a"), None);
        await Put("c");

        (await Has("a"), await Has("b"), await Has("c")).ShouldBe((true, false, true));
        var size = await cache.SizeAsync(None);
        (size.Entries, size.Evictions).ShouldBe((2, 1));

        async Task Put(string id)
        {
            var key = new StateKey("user", id);
            var look = await cache.FindAsync(key, None);
            await cache.PutAsync(key, new StateRow(1, new byte[400], 0), look.Ticket, TimeSpan.FromMinutes(1), None);
        }

        async Task<bool> Has(string id) => (await cache.FindAsync(new StateKey("user", id), None)).Row is not null;
    }
}

[TestFixture]
public sealed class LocalRateLimiterTests : RateLimiterConformance
{
    private readonly FakeTimeProvider _clock = new();

    protected override Task<IRateLimiter> MakeAsync() => Task.FromResult<IRateLimiter>(new LocalRateLimiter(_clock));

    protected override Task MomentAsync(CancellationToken cancellation)
    {
        _clock.Advance(TimeSpan.FromMilliseconds(5));
        return Task.CompletedTask;
    }
}
