using System.Security.Claims;
using System.Security.Principal;
using NUnit.Framework;
using Shouldly;
using Workers.Bus;
using Workers.Bus.Middleware;
using Workers.Tests.Time;

namespace Workers.Tests.Bus;

/// <summary>Middleware that refuses: circuit breaker, rate limit, authorization.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GuardTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = new();
    private Exception? _fault;
    private int _called;

    [Test]
    public async Task A_circuit_opens_after_so_many_failures_in_a_row_and_says_when_it_tries_again()
    {
        var (bus, breaker) = Breaking(threshold: 3);
        await Fail(bus, 2);
        await Succeed(bus);
        await Fail(bus, 3);

        var open = await Should.ThrowAsync<CircuitOpenException>(async () => await bus.Send(new DeleteUser(1)));

        open.RetryAt.ShouldBe(_clock.GetUtcNow() + Minute);
        _called.ShouldBe(6);
        breaker.Snapshot()[0].ShouldBe(new CircuitSnapshot("DeleteUser", CircuitState.Open, 3, _clock.GetUtcNow(), open.RetryAt));
    }

    [Test]
    public async Task Each_name_has_a_circuit_of_its_own_and_a_success_after_its_time_closes_it()
    {
        var (bus, breaker) = Breaking(threshold: 1);
        await Fail(bus, 1);

        (await bus.Send(new DeleteSlowly(Task.FromResult(true)))).ShouldBeTrue();
        _clock.Advance(Minute);
        await Succeed(bus);

        breaker.Snapshot().Select(c => (c.Name, c.State, c.Failures)).ShouldBe([("DeleteUser", CircuitState.Closed, 0), ("Slow", CircuitState.Closed, 0)]);
    }

    [Test]
    public async Task While_one_is_tried_the_others_are_refused_and_its_failure_opens_the_circuit_again()
    {
        var (bus, breaker) = Breaking(threshold: 1);
        var (failing, trying) = (new TaskCompletionSource<bool>(), new TaskCompletionSource<bool>());
        failing.SetException(new InvalidOperationException());
        await Should.ThrowAsync<HandlerFailedException>(async () => await bus.Send(new DeleteSlowly(failing.Task)));
        _clock.Advance(Minute);

        var tried = bus.Send(new DeleteSlowly(trying.Task)).AsTask();
        breaker.Snapshot().Single(c => c.Name == "Slow").State.ShouldBe(CircuitState.HalfOpen);
        await Should.ThrowAsync<CircuitOpenException>(async () => await bus.Send(new DeleteSlowly(trying.Task)));
        trying.SetException(new InvalidOperationException());
        await Should.ThrowAsync<HandlerFailedException>(() => tried);

        await Should.ThrowAsync<CircuitOpenException>(async () => await bus.Send(new DeleteSlowly(Task.FromResult(true))));
        _clock.Advance(Minute);
        (await bus.Send(new DeleteSlowly(Task.FromResult(true)))).ShouldBeTrue();
    }

    [Test]
    public async Task What_was_under_way_when_the_circuit_opened_does_not_close_it()
    {
        var (bus, _) = Breaking(threshold: 1);
        var early = new TaskCompletionSource<bool>();
        var before = bus.Send(new DeleteSlowly(early.Task)).AsTask();
        await Should.ThrowAsync<HandlerFailedException>(async () => await bus.Send(new DeleteSlowly(Task.FromException<bool>(new InvalidOperationException()))));

        early.SetResult(true);
        await before;

        await Should.ThrowAsync<CircuitOpenException>(async () => await bus.Send(new DeleteSlowly(Task.FromResult(true))));
    }

    [Test]
    public async Task A_trial_that_its_caller_cancels_lets_the_next_one_try()
    {
        var (bus, _) = Breaking(threshold: 1);
        await Should.ThrowAsync<HandlerFailedException>(async () => await bus.Send(new DeleteSlowly(Task.FromException<bool>(new InvalidOperationException()))));
        _clock.Advance(Minute);
        using var leaving = new CancellationTokenSource();
        var tried = bus.Send(new DeleteSlowly(new TaskCompletionSource<bool>().Task), leaving.Token).AsTask();

        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => tried);

        (await bus.Send(new DeleteSlowly(Task.FromResult(true)))).ShouldBeTrue();
    }

    [Test]
    public async Task Errors_of_the_callers_own_do_not_open_a_circuit_and_a_reset_closes_it()
    {
        var (bus, breaker) = Breaking(threshold: 1);
        _fault = new MessageInvalidException("DeleteUser", "Id", "is wrong");
        await Should.ThrowAsync<MessageInvalidException>(async () => await bus.Send(new DeleteUser(1)));
        _fault = new UnauthorizedException("DeleteUser");
        await Should.ThrowAsync<UnauthorizedException>(async () => await bus.Send(new DeleteUser(1)));
        await Fail(bus, 1);

        breaker.Reset("Other").ShouldBe(0);
        await Should.ThrowAsync<CircuitOpenException>(async () => await bus.Send(new DeleteUser(1)));
        breaker.Reset().ShouldBe(2);
        await Succeed(bus);
    }

    [Test]
    public async Task No_more_than_the_limit_passes_in_any_window_and_the_refusal_says_when_there_is_room()
    {
        var bus = new QueryBus(new QueryBusOptions { Middleware = [new RateLimitMiddleware(2, Minute, _clock)] });
        bus.Register<GetUser, User?>((q, _) => new(new User(q.Id, "ada")));

        await bus.Query(new GetUser(1));
        _clock.Advance(TimeSpan.FromSeconds(45));
        await bus.Query(new GetUser(2));
        var limited = await Should.ThrowAsync<RateLimitedException>(async () => await bus.Query(new GetUser(3)));
        limited.RetryAfter.ShouldBe(TimeSpan.FromSeconds(15));

        // Fifteen seconds later only the first one's place is free.
        _clock.Advance(limited.RetryAfter);
        await bus.Query(new GetUser(3));
        await Should.ThrowAsync<RateLimitedException>(async () => await bus.Query(new GetUser(4)));
    }

    [Test]
    public async Task Threads_that_hurry_do_not_get_past_the_limit()
    {
        var bus = new CommandBus(new CommandBusOptions { Middleware = [new RateLimitMiddleware(100, Minute, _clock)] });
        bus.Register<DeleteUser, bool>((_, _) => new(true));
        var passed = 0;

        await Parallel.ForAsync(0, 400, async (i, _) =>
        {
            try
            {
                await bus.Send(new DeleteUser(i), CancellationToken.None);
                Interlocked.Increment(ref passed);
            }
            catch (RateLimitedException)
            {
            }
        });

        passed.ShouldBe(100);
    }

    [Test]
    public async Task Only_who_has_the_role_is_let_through()
    {
        IPrincipal? sender = null;
        var bus = new CommandBus(new CommandBusOptions { Middleware = [new AuthorizationMiddleware("admin", () => sender)] });
        bus.Register<DeleteUser, bool>((_, _) => new(true));

        (await Should.ThrowAsync<UnauthorizedException>(async () => await bus.Send(new DeleteUser(1)))).Message.ShouldBe("user not found in context");
        sender = new ClaimsPrincipal(new ClaimsIdentity());
        await Should.ThrowAsync<UnauthorizedException>(async () => await bus.Send(new DeleteUser(1)));
        sender = User("viewer");
        var forbidden = await Should.ThrowAsync<ForbiddenException>(async () => await bus.Send(new DeleteUser(1)));
        (forbidden.Message, forbidden.Role).ShouldBe(("insufficient permissions", "admin"));
        sender = User("admin");
        (await bus.Send(new DeleteUser(1))).ShouldBeTrue();
    }

    [Test]
    public async Task Who_sends_is_by_default_the_principal_that_flows_with_the_call()
    {
        var bus = new CommandBus(new CommandBusOptions { Middleware = [new AuthorizationMiddleware("admin")] });
        bus.Register<DeleteUser, bool>((_, _) => new(true));
        async Task<bool> SendAs(IPrincipal sender)
        {
            Thread.CurrentPrincipal = sender;
            await Task.Yield();
            return await bus.Send(new DeleteUser(1));
        }

        (await SendAs(User("admin"))).ShouldBeTrue();
        await Should.ThrowAsync<ForbiddenException>(() => SendAs(User("viewer")));
        await Should.ThrowAsync<UnauthorizedException>(async () => await bus.Send(new DeleteUser(1)));
    }

    [Test]
    public void Arguments_that_make_no_sense_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new CircuitBreakerMiddleware(0, Minute));
        Should.Throw<ArgumentOutOfRangeException>(() => new RateLimitMiddleware(0, Minute));
        Should.Throw<ArgumentOutOfRangeException>(() => new RateLimitMiddleware(1, TimeSpan.Zero));
        Should.Throw<ArgumentOutOfRangeException>(() => new TimeoutMiddleware(TimeSpan.Zero));
        Should.Throw<ArgumentOutOfRangeException>(() => new RetryMiddleware(-1, Minute));
        Should.Throw<ArgumentOutOfRangeException>(() => new CachingMiddleware(Minute, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => new CommandBus(new CommandBusOptions { InitialCapacity = -1 }));
    }

    private static ClaimsPrincipal User(string role) => new(new ClaimsIdentity([new Claim(ClaimTypes.Role, role)], "test"));

    private (CommandBus Bus, CircuitBreakerMiddleware Breaker) Breaking(int threshold)
    {
        var breaker = new CircuitBreakerMiddleware(threshold, Minute, time: _clock);
        var bus = new CommandBus(new CommandBusOptions { Middleware = [breaker] });
        bus.Register<DeleteUser, bool>((_, _) =>
        {
            _called++;
            return _fault is null ? new(true) : throw _fault;
        });
        bus.Register<DeleteSlowly, bool>((c, cancellation) => new(c.Until.WaitAsync(cancellation)), "Slow");
        return (bus, breaker);
    }

    private async Task Fail(CommandBus bus, int times)
    {
        _fault = new InvalidOperationException();
        for (var i = 0; i < times; i++)
        {
            await Should.ThrowAsync<HandlerFailedException>(async () => await bus.Send(new DeleteUser(1)));
        }
    }

    private async Task Succeed(CommandBus bus)
    {
        _fault = null;
        (await bus.Send(new DeleteUser(1))).ShouldBeTrue();
    }

    private sealed record DeleteSlowly(Task<bool> Until) : ICommand<DeleteSlowly, bool>;
}
