using NUnit.Framework;
using Shouldly;
using Workers.Engine.Store;
using Workers.Redis;
using Workers.Tests.Time;

namespace Workers.Conformance.Redis;

/// <summary>When a write may go on without Redis, and what is said where the store does not tell what counts.</summary>
[TestFixture]
public sealed class TrustTests
{
    private static readonly RedisTimes s_times = new();

    [Test]
    public void A_process_that_was_stopped_waits_again_until_nobody_believes()
    {
        var clock = new FakeTimeProvider();
        var trust = new Trust(s_times, isShared: true, clock);
        trust.Enter(out _).ShouldBe(Way.Wait);
        MoveThroughGrace();
        trust.Enter(out _).ShouldBe(Way.Without);

        clock.Advance(s_times.Quiet + s_times.Fresh);
        trust.MustMove.ShouldBeTrue();
        trust.Moved(clock.GetTimestamp());
        trust.Enter(out _).ShouldBe(Way.Wait);
        MoveThroughGrace();
        trust.Enter(out _).ShouldBe(Way.Without);

        void MoveThroughGrace()
        {
            for (var end = clock.GetUtcNow() + s_times.Grace; clock.GetUtcNow() <= end; clock.Advance(s_times.Beat))
            {
                trust.Moved(clock.GetTimestamp());
            }
        }
    }

    [Test]
    public async Task That_the_store_does_not_tell_what_counts_is_told_once_and_to_whoever_asks()
    {
        await using var place = new RedisPlace(RedisPlace.Server, new RedisTimes());
        var link = await place.LinkAsync();
        await link.PingAsync(CancellationToken.None);

        place.Store.Failure = new StoreUnavailableException("SELECT command denied");
        await RedisPlace.UntilAsync(() => link.Generations.Unseen is not null);
        (await Should.ThrowAsync<StoreUnavailableException>(() => link.PingAsync(CancellationToken.None))).Message.ShouldContain("SELECT command denied");

        place.Store.Failure = null;
        await RedisPlace.UntilAsync(() => link.Generations.Unseen is null);
        place.Lines.All.Count(line => line.Contains("SELECT command denied")).ShouldBe(1);
    }
}
