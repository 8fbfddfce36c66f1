using NUnit.Framework;
using Shouldly;
using Workers.Engine.Limits;

namespace Workers.Conformance.Cache;

/// <summary>What every rate limiter must do. Buckets that nothing comes into while a test runs get a token a minute at most.</summary>
public abstract class RateLimiterConformance
{
    private static readonly CancellationToken None = CancellationToken.None;

    protected IRateLimiter Limiter { get; private set; } = null!;

    protected abstract Task<IRateLimiter> MakeAsync();

    /// <summary>A moment goes by.</summary>
    protected virtual Task MomentAsync(CancellationToken cancellation) => Task.Delay(5, cancellation);

    [SetUp]
    public async Task Open() => Limiter = await MakeAsync();

    [Test]
    public async Task A_full_bucket_has_its_burst_and_then_says_how_long_to_wait()
    {
        var limit = new RateLimit(1, 1_000);
        var taken = await Task.WhenAll(Enumerable.Range(0, 1_300).Select(_ => Limiter.TakeAsync("ada", limit, None).AsTask()));

        var allowed = taken.Count(one => one.IsAllowed);
        allowed.ShouldBeInRange(1_000, 1_060);
        taken.Where(one => one.IsAllowed).ShouldAllBe(one => one.Remaining < 1_000 && one.Retry == TimeSpan.Zero && one.Full > TimeSpan.Zero);
        taken.Where(one => !one.IsAllowed).ShouldAllBe(one =>
            one.Remaining == 0 && one.Retry > TimeSpan.Zero && one.Retry <= TimeSpan.FromSeconds(1) && one.Full > TimeSpan.FromSeconds(900));
    }

    [Test]
    public async Task Each_has_a_bucket_of_its_own()
    {
        var limit = new RateLimit(1, 1);
        (await Limiter.TakeAsync("ada", limit, None)).IsAllowed.ShouldBeTrue();
        (await Limiter.TakeAsync("bob", limit, None)).IsAllowed.ShouldBeTrue();
    }

    [Test]
    public async Task Tokens_come_back()
    {
        var limit = new RateLimit(20, 1);
        await Limiter.TakeAsync("ada", limit, None);

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!(await Limiter.TakeAsync("ada", limit, None)).IsAllowed)
        {
            await MomentAsync(deadline.Token);
        }
    }
}
