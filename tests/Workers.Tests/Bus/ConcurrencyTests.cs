using NUnit.Framework;
using Shouldly;
using Workers.Bus;
using Workers.Bus.Middleware;

namespace Workers.Tests.Bus;

/// <summary>Sending while others register, and the like.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class ConcurrencyTests
{
    private const int Rounds = 2_000;

    [Test]
    public async Task Handlers_come_and_go_while_commands_are_sent_and_each_command_gets_its_own_answer()
    {
        var bus = new CommandBus(new CommandBusOptions { InitialCapacity = 0, Middleware = [new ValidationMiddleware()] });
        bus.Register<CreateUser, User>(async (c, _) =>
        {
            await Task.Yield();
            return new User(c.Id, c.Username);
        });
        using var done = new CancellationTokenSource();
        var registering = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested)
                {
                    bus.Register<DeleteUser, bool>((_, _) => new(true));
                    bus.Unregister<DeleteUser, bool>().ShouldBeTrue();
                }
            },
            CancellationToken.None);

        await Parallel.ForAsync(1, Rounds + 1, CancellationToken.None, async (i, _) =>
        {
            (await bus.Send(new CreateUser(i, "ada"), CancellationToken.None)).Id.ShouldBe(i);
            (await bus.Send("CreateUser", new CreateUser(i, "ada"), CancellationToken.None)).Id.ShouldBe(i);
            try
            {
                (await bus.Send(new DeleteUser(i), CancellationToken.None)).ShouldBeTrue();
            }
            catch (HandlerNotFoundException)
            {
                // between the two
            }
        });
        await done.CancelAsync();
        await registering;

        bus.GetMetrics().Messages["CreateUser"].ShouldSatisfyAllConditions(
            m => m.Executed.ShouldBe(2 * Rounds), m => m.Failed.ShouldBe(0), m => m.InFlight.ShouldBe(0));
    }

    [Test]
    public async Task Of_many_who_register_one_succeeds()
    {
        var bus = new CommandBus();
        var registered = 0;

        await Parallel.ForAsync(0, 32, (_, _) =>
        {
            try
            {
                bus.Register<DeleteUser, bool>((_, _) => new(true));
                Interlocked.Increment(ref registered);
            }
            catch (HandlerAlreadyRegisteredException)
            {
            }

            return default;
        });

        registered.ShouldBe(1);
        bus.GetRegisteredCommands().ShouldBe(["DeleteUser"]);
    }

    [Test]
    public async Task A_cache_under_pressure_stays_within_its_bounds_and_never_mixes_answers()
    {
        var cache = new CachingMiddleware(TimeSpan.FromHours(1), capacity: 50);
        var bus = new QueryBus(new QueryBusOptions { Middleware = [cache] });
        bus.Register<GetUser, User?>(async (q, _) =>
        {
            await Task.Yield();
            return new User(q.Id, "ada");
        });

        await Parallel.ForAsync(0, 10 * Rounds, async (i, _) => (await bus.Query(new GetUser(i * 31 % 200), CancellationToken.None))!.Id.ShouldBe(i * 31 % 200));

        cache.Snapshot().Entries.ShouldBeLessThanOrEqualTo(50);
        (cache.Snapshot().Hits + cache.Snapshot().Misses).ShouldBe(10 * Rounds);
    }
}
