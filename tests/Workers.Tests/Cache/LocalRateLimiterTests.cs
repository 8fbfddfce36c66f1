using NUnit.Framework;
using Shouldly;
using Workers.Engine.Limits;
using Workers.Tests.Time;

namespace Workers.Tests.Cache;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class LocalRateLimiterTests
{
    private static readonly RateLimit s_limit = new(10, 5);

    private readonly FakeTimeProvider _clock = new();
    private readonly LocalRateLimiter _limiter;

    public LocalRateLimiterTests() => _limiter = new LocalRateLimiter(_clock);

    [Test]
    public async Task A_bucket_empties_by_one_a_request_and_fills_with_time()
    {
        for (var left = 4; left >= 0; left--)
        {
            (await Take()).ShouldBe(new RateAllowance(true, left, TimeSpan.Zero, TimeSpan.FromMilliseconds(100 * (5 - left))));
        }

        (await Take()).ShouldBe(new RateAllowance(false, 0, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500)));
        _clock.Advance(TimeSpan.FromMilliseconds(40));
        (await Take()).Retry.ShouldBe(TimeSpan.FromMilliseconds(60));
        _clock.Advance(TimeSpan.FromMilliseconds(60));
        (await Take()).IsAllowed.ShouldBeTrue();
        (await Take()).IsAllowed.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromHours(1));
        (await Take()).Remaining.ShouldBe(4);
    }

    [Test]
    public async Task Full_buckets_are_forgotten_where_there_are_many()
    {
        for (var i = 0; i < 20_000; i++)
        {
            await _limiter.TakeAsync($"caller {i}", s_limit, CancellationToken.None);
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        await Take();

        _limiter.Count.ShouldBe(1);
    }

    private ValueTask<RateAllowance> Take() => _limiter.TakeAsync("ada", s_limit, CancellationToken.None);
}
