using NUnit.Framework;
using Shouldly;
using Workers.Bus;
using Workers.Bus.Middleware;

namespace Workers.Tests.Bus;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CachingTests
{
    private readonly Clock _clock = new();
    private int _made;

    [Test]
    public async Task An_answer_is_given_again_until_it_is_too_old()
    {
        var (bus, cache) = Bus((q, _) => new(new User(q.Id, "ada")));

        var first = await bus.Query(new GetUser(1));
        (await bus.Query(new GetUser(1))).ShouldBeSameAs(first);
        _clock.Now += TimeSpan.FromMinutes(10);
        (await bus.Query(new GetUser(1))).ShouldNotBeSameAs(first);

        _made.ShouldBe(2);
        cache.Snapshot().ShouldBe(new CacheMetrics(Hits: 1, Misses: 2, Entries: 1, Evictions: 0));
    }

    [Test]
    public async Task Equal_queries_at_the_same_time_are_made_once_and_one_that_leaves_does_not_disturb_the_others()
    {
        var answer = new TaskCompletionSource<User?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var (bus, _) = Bus((_, _) => new(answer.Task));
        using var leaving = new CancellationTokenSource();

        var first = bus.Query(new GetUser(1), leaving.Token).AsTask();
        var second = bus.Query(new GetUser(1)).AsTask();
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);
        answer.SetResult(new User(1, "ada"));

        (await second)!.Id.ShouldBe(1);
        _made.ShouldBe(1);
    }

    [Test]
    public async Task A_failure_and_a_null_are_not_kept()
    {
        var (bus, cache) = Bus((q, _) => _made == 1 ? throw new InvalidOperationException() : new(_made == 2 ? null : new User(q.Id, "ada")));

        await Should.ThrowAsync<HandlerFailedException>(async () => await bus.Query(new GetUser(1)));
        (await bus.Query(new GetUser(1))).ShouldBeNull();
        (await bus.Query(new GetUser(1))).ShouldNotBeNull();
        cache.Snapshot().Entries.ShouldBe(1);
    }

    [Test]
    public async Task What_is_over_the_capacity_makes_room_and_what_was_used_stays()
    {
        var (bus, cache) = Bus((q, _) => new(new User(q.Id, "ada")), capacity: 3);
        for (var id = 1; id <= 3; id++)
        {
            await bus.Query(new GetUser(id));
        }

        await bus.Query(new GetUser(1));
        await bus.Query(new GetUser(4));
        _made = 0;
        await bus.Query(new GetUser(1));

        _made.ShouldBe(0);
        cache.Snapshot().Entries.ShouldBe(3);
        cache.Snapshot().Evictions.ShouldBe(1);
    }

    [Test]
    public async Task A_forgotten_answer_is_made_again_even_if_it_was_being_made()
    {
        var slow = new TaskCompletionSource<User?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var (bus, cache) = Bus((q, _) => _made == 1 ? new(slow.Task) : new(new User(q.Id, "new")));
        var before = bus.Query(new GetUser(1)).AsTask();

        cache.Forget(new GetUser(1));
        slow.SetResult(new User(1, "old"));

        (await before)!.Username.ShouldBe("old");
        (await bus.Query(new GetUser(1)))!.Username.ShouldBe("new");
        cache.Clear();
        cache.Snapshot().Entries.ShouldBe(0);
    }

    [Test]
    public async Task Types_that_are_left_out_are_asked_each_time()
    {
        var bus = new QueryBus(new QueryBusOptions { Middleware = [new CachingMiddleware(TimeSpan.FromHours(1), caches: type => type != typeof(GetUser))] });
        bus.Register<GetUser, User?>((q, _) => new(new User(q.Id, "ada")));

        (await bus.Query(new GetUser(1))).ShouldNotBeSameAs(await bus.Query(new GetUser(1)));
    }

    [Test]
    public async Task A_hit_allocates_nothing()
    {
        var bus = new QueryBus(new QueryBusOptions { EnableMetrics = false, Middleware = [new CachingMiddleware(TimeSpan.FromHours(1))] });
        bus.Register<GetUser, User?>((q, _) => new(new User(q.Id, "ada")));
        var query = new GetUser(1);
        await bus.Query(query);
        Ask(bus, query, 10_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Ask(bus, query, 1_000);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static void Ask(QueryBus bus, GetUser query, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Done(bus.Query(query));
        }
    }

    private static void Done<T>(ValueTask<T> task) => task.IsCompletedSuccessfully.ShouldBeTrue();

    private (QueryBus Bus, CachingMiddleware Cache) Bus(Handler<GetUser, User?> handler, int capacity = 100)
    {
        var cache = new CachingMiddleware(TimeSpan.FromMinutes(10), capacity, _clock);
        var bus = new QueryBus(new QueryBusOptions { Middleware = [cache] });
        bus.Register<GetUser, User?>((q, cancellation) =>
        {
            _made++;
            return handler(q, cancellation);
        });
        return (bus, cache);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
