using NUnit.Framework;
using Shouldly;
using Workers.Bus;
using Workers.Bus.Middleware;
using Workers.Tests.Time;

namespace Workers.Tests.Bus;

[Parallelizable(ParallelScope.All)]
public sealed class BusSettingsTests
{
    [Test]
    public void The_defaults_are_those_of_production()
    {
        var settings = new BusSettings();

        (settings.Command.InitialCapacity, settings.Command.EnableMetrics, settings.Command.Timeout).ShouldBe((256, true, TimeSpan.FromSeconds(30)));
        (settings.Query.InitialCapacity, settings.Query.CacheTtl, settings.Query.MaxRetries).ShouldBe((256, TimeSpan.FromMinutes(10), 3));
        (settings.CircuitBreaker.FailureThreshold, settings.CircuitBreaker.Timeout).ShouldBe((10, TimeSpan.FromSeconds(30)));
        (new CommandBusOptions().InitialCapacity, new QueryBusOptions().InitialCapacity, new CommandBusOptions().EnableMetrics).ShouldBe((256, 256, true));
    }

    [Test]
    public async Task Buses_made_of_settings_have_their_time_out_circuit_cache_and_retries()
    {
        var settings = new BusSettings();
        settings.CircuitBreaker.FailureThreshold = 1;
        settings.Query.MaxRetries = 0;
        var seen = new List<BusLogEntry>();
        var clock = new FakeTimeProvider();
        var commands = new CommandBus(settings.CommandBus(clock, new LoggingMiddleware(seen.Add)));
        commands.Register<DeleteUser, bool>((_, _) => new(new TaskCompletionSource<bool>().Task));
        var asked = 0;
        var queries = new QueryBus(settings.QueryBus());
        queries.Register<GetUser, User?>((q, _) => ++asked == 1 ? throw new TimeoutException() : new(new User(q.Id, "ada")));

        var sent = commands.Send(new DeleteUser(1)).AsTask();
        clock.Advance(TimeSpan.FromSeconds(30));
        await Should.ThrowAsync<ExecutionTimeoutException>(() => sent);
        await Should.ThrowAsync<CircuitOpenException>(async () => await commands.Send(new DeleteUser(1)));
        seen.Count.ShouldBe(2);

        await Should.ThrowAsync<HandlerFailedException>(async () => await queries.Query(new GetUser(1)));
        (await queries.Query(new GetUser(1))).ShouldBeSameAs(await queries.Query(new GetUser(1)));
        asked.ShouldBe(2);
    }
}
