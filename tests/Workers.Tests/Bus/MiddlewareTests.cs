using System.ComponentModel.DataAnnotations;
using NUnit.Framework;
using Shouldly;
using Workers.Bus;
using Workers.Bus.Middleware;

namespace Workers.Tests.Bus;

[Parallelizable(ParallelScope.All)]
public sealed class MiddlewareTests
{
    [Test]
    public async Task The_first_middleware_is_the_outermost()
    {
        var seen = new List<string>();
        var bus = new CommandBus(new CommandBusOptions { Middleware = [new Recorder("a", seen), new Recorder("b", seen)] });
        bus.Register<DeleteUser, bool>((_, _) => new(true));

        await bus.Send(new DeleteUser(1));

        seen.ShouldBe(["a>", "b>", "<b", "<a"]);
    }

    [Test]
    public async Task A_log_entry_tells_how_a_dispatch_ended()
    {
        var entries = new List<BusLogEntry>();
        var bus = new CommandBus(new CommandBusOptions { Middleware = [new LoggingMiddleware(entries.Add)] });
        bus.Register<DeleteUser, bool>((c, _) => c.Id == 1 ? new(true) : throw new InvalidOperationException("no such user"));

        await bus.Send(new DeleteUser(1));
        await Should.ThrowAsync<HandlerFailedException>(async () => await bus.Send(new DeleteUser(2)));

        entries.Count.ShouldBe(2);
        entries[0].ToString().ShouldStartWith("command DeleteUser executed in ");
        entries[1].Error!.Message.ShouldBe("no such user");
    }

    [Test]
    public async Task All_broken_rules_come_together_and_the_handler_is_not_called()
    {
        var bus = new CommandBus(new CommandBusOptions { Middleware = [new ValidationMiddleware()] });
        bus.Register<CreateUser, User>((_, _) => throw new InvalidOperationException("called"));

        var thrown = await Should.ThrowAsync<MessageInvalidException>(async () => await bus.Send(new CreateUser(0, "ab")));

        thrown.Errors.Keys.ShouldBe(["Id", "Username"], ignoreOrder: true);
    }

    [Test]
    public async Task A_valid_message_and_one_without_rules_reach_their_handlers()
    {
        var bus = new CommandBus(new CommandBusOptions { Middleware = [new ValidationMiddleware()] });
        bus.Register<CreateUser, User>((c, _) => new(new User(c.Id, c.Username)));
        bus.Register<DeleteUser, bool>((_, _) => new(true));

        (await bus.Send(new CreateUser(1, "ada"))).Id.ShouldBe(1);
        (await bus.Send(new DeleteUser(1))).ShouldBeTrue();
    }

    [Test]
    public async Task A_message_may_validate_itself()
    {
        var bus = new CommandBus(new CommandBusOptions { Middleware = [new ValidationMiddleware()] });
        bus.Register<Transfer, bool>((_, _) => new(true));

        (await bus.Send(new Transfer("a", "b"))).ShouldBeTrue();
        (await Should.ThrowAsync<MessageInvalidException>(async () => await bus.Send(new Transfer("a", "a")))).Errors["To"].ShouldBe(["same account"]);
    }

    [Test]
    public async Task A_handler_that_ignores_its_token_is_left_at_the_timeout()
    {
        var never = new TaskCompletionSource<bool>();
        var bus = new CommandBus(new CommandBusOptions { Middleware = [new TimeoutMiddleware(TimeSpan.FromMilliseconds(1))] });
        bus.Register<DeleteUser, bool>((_, _) => new(never.Task));

        var thrown = await Should.ThrowAsync<ExecutionTimeoutException>(async () => await bus.Send(new DeleteUser(1)));

        thrown.Timeout.ShouldBe(TimeSpan.FromMilliseconds(1));
    }

    [Test]
    public async Task A_handler_that_listens_is_cancelled_at_the_timeout_and_a_caller_who_leaves_gets_a_cancellation()
    {
        var bus = new CommandBus(new CommandBusOptions { Middleware = [new TimeoutMiddleware(TimeSpan.FromMilliseconds(1))] });
        bus.Register<DeleteUser, bool>(async (_, cancellation) =>
        {
            return await new TaskCompletionSource<bool>().Task.WaitAsync(cancellation);
        });

        await Should.ThrowAsync<ExecutionTimeoutException>(async () => await bus.Send(new DeleteUser(1)));
        await Should.ThrowAsync<OperationCanceledException>(async () => await bus.Send(new DeleteUser(1), new CancellationToken(canceled: true)));
    }

    [Test]
    public async Task A_transient_error_is_asked_again_and_then_reaches_the_caller()
    {
        var asked = 0;
        var bus = new QueryBus(new QueryBusOptions { Middleware = [new RetryMiddleware(2, TimeSpan.FromTicks(1))] });
        bus.Register<GetUser, User?>((q, _) => ++asked < q.Id ? throw new TimeoutException() : new(new User(q.Id, "ada")));

        (await bus.Query(new GetUser(3)))!.Id.ShouldBe(3);
        asked.ShouldBe(3);

        asked = 0;
        var thrown = await Should.ThrowAsync<HandlerFailedException>(async () => await bus.Query(new GetUser(4)));
        thrown.InnerException.ShouldBeOfType<TimeoutException>();
        asked.ShouldBe(3);
    }

    [Test]
    public async Task Another_error_is_not_asked_again()
    {
        var asked = 0;
        var bus = new QueryBus(new QueryBusOptions { Middleware = [new RetryMiddleware(5, TimeSpan.FromTicks(1))] });
        bus.Register<GetUser, User?>(async (_, _) =>
        {
            asked++;
            await Task.Yield();
            throw new InvalidOperationException();
        });

        await Should.ThrowAsync<HandlerFailedException>(async () => await bus.Query(new GetUser(1)));
        asked.ShouldBe(1);
    }

    private sealed record Transfer(string From, string To) : ICommand<Transfer, bool>, IValidatableObject
    {
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
            From == To ? [new ValidationResult("same account", [nameof(To)])] : [];
    }

    private sealed class Recorder(string name, List<string> seen) : ICommandMiddleware
    {
        public Handler<TMessage, TResult> Around<TMessage, TResult>(MessageInfo message, Handler<TMessage, TResult> next)
            where TMessage : class => async (m, cancellation) =>
        {
            seen.Add($"{name}>");
            var result = await next(m, cancellation);
            seen.Add($"<{name}");
            return result;
        };
    }
}
