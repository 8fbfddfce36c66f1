using System.Buffers;
using NUnit.Framework;
using Shouldly;
using Workers.Bus;
using Workers.Bus.Middleware;

namespace Workers.Tests.Bus;

/// <summary>Nothing untyped leaves a bus, whoever threw it and when.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class TypedErrorTests
{
    private static readonly byte[] Body = """{"Id":1,"Username":"ada"}"""u8.ToArray();

    [Test]
    public async Task Every_error_has_its_kind()
    {
        var bus = new CommandBus(new CommandBusOptions { Middleware = [new ValidationMiddleware(), new TimeoutMiddleware(TimeSpan.FromMilliseconds(1))] });
        bus.Register<CreateUser, User>((_, _) => throw new InvalidOperationException());
        bus.Register<DeleteUser, bool>((_, _) => new(new TaskCompletionSource<bool>().Task));

        (await ErrorOf(() => bus.Send(new Unknown()))).ShouldBe(BusError.HandlerNotFound);
        (await ErrorOf(() => bus.Send(new CreateUser(0, "")))).ShouldBe(BusError.Validation);
        (await ErrorOf(() => bus.Send(new CreateUser(1, "ada")))).ShouldBe(BusError.HandlerFailed);
        (await ErrorOf(() => bus.Send(new DeleteUser(1)))).ShouldBe(BusError.ExecutionTimeout);
        Should.Throw<BusException>(() => bus.Register<DeleteUser, bool>((_, _) => default)).Error.ShouldBe(BusError.HandlerAlreadyRegistered);
    }

    [Test]
    public async Task A_failure_is_in_the_task_and_never_thrown_by_the_call()
    {
        var bus = new CommandBus(new CommandBusOptions { Middleware = [new Throwing()] });
        bus.Register<DeleteUser, bool>((_, _) => new(true));

        var sent = bus.Send(new DeleteUser(1)).AsTask();

        sent.IsFaulted.ShouldBeTrue();
        (await Should.ThrowAsync<HandlerFailedException>(() => sent)).InnerException!.Message.ShouldBe("middleware");
    }

    [Test]
    public async Task A_command_that_is_none_is_refused()
    {
        var bus = new CommandBus();
        bus.Register<DeleteUser, bool>((_, _) => new(true));

        var foreign = await Should.ThrowAsync<MessageInvalidException>(async () => await bus.Send(new Pretender()));
        foreign.Message.ShouldBe("DeleteUser is not valid: it is a Pretender and not a DeleteUser");
        await Should.ThrowAsync<MessageInvalidException>(async () => await bus.Send("DeleteUser", new Pretender()));
        await Should.ThrowAsync<MessageInvalidException>(async () => await bus.Send<DeleteUser, bool>(null!));
        await Should.ThrowAsync<MessageInvalidException>(async () => await bus.Execute(null!));
    }

    [Test]
    public async Task A_cancellation_that_the_caller_did_not_ask_for_is_a_failure()
    {
        var bus = new CommandBus();
        bus.Register<CreateUser, User>((_, _) => throw new TaskCanceledException("its own"));
        bus.Register<DeleteUser, bool>(async (_, _) =>
        {
            await Task.Yield();
            throw new OperationCanceledException("its own");
        });

        (await ErrorOf(() => bus.Send(new CreateUser(1, "ada")))).ShouldBe(BusError.HandlerFailed);
        (await ErrorOf(() => bus.Send(new DeleteUser(1)))).ShouldBe(BusError.HandlerFailed);
    }

    [Test]
    public async Task A_result_that_cannot_be_written_and_a_command_that_cannot_be_made_are_typed()
    {
        var bus = new CommandBus();
        bus.Register<CreateUser, User>((_, _) => new(new User(1, "ada")), json: new(SampleJson.Default.CreateUser, SampleJson.Default.User));
        bus.Register<Picky, bool>((_, _) => new(true), json: new(SampleJson.Default.Picky, SampleJson.Default.Boolean));

        (await ErrorOf(async () =>
        {
            await bus.SendJson("CreateUser", Body, new FullBuffer());
            return 0;
        })).ShouldBe(BusError.HandlerFailed);
        (await ErrorOf(async () =>
        {
            await bus.SendJson("Picky", """{"Id":-1}"""u8.ToArray(), new ArrayBufferWriter<byte>());
            return 0;
        })).ShouldBe(BusError.Validation);
    }

    [Test]
    public async Task A_retry_waits_a_minute_at_most_however_often_it_tried()
    {
        var clock = new Impatient();
        var asked = 0;
        var bus = new CommandBus(new CommandBusOptions { Middleware = [new RetryMiddleware(100, TimeSpan.FromSeconds(50), time: clock)] });
        bus.Register<DeleteUser, bool>((_, _) => ++asked < 90 ? throw new TimeoutException() : new(true));

        (await bus.Send(new DeleteUser(1))).ShouldBeTrue();

        clock.Waits.Count.ShouldBe(89);
        clock.Waits[0].ShouldBeInRange(TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(50));
        clock.Waits.Skip(1).ShouldAllBe(w => w >= TimeSpan.FromSeconds(30) && w <= TimeSpan.FromMinutes(1));
    }

    private static async Task<BusError> ErrorOf<T>(Func<ValueTask<T>> send) =>
        (await Should.ThrowAsync<BusException>(async () => await send())).Error;

    private sealed record Unknown : ICommand<Unknown, bool>;

    private sealed record Pretender : ICommand<DeleteUser, bool>;

    private sealed class Throwing : ICommandMiddleware
    {
        public Handler<TMessage, TResult> Around<TMessage, TResult>(MessageInfo message, Handler<TMessage, TResult> next)
            where TMessage : class => (_, _) => throw new InvalidOperationException("middleware");
    }

    private sealed class FullBuffer : IBufferWriter<byte>
    {
        public void Advance(int count) => throw new InvalidOperationException("full");

        public Memory<byte> GetMemory(int sizeHint = 0) => new byte[Math.Max(sizeHint, 256)];

        public Span<byte> GetSpan(int sizeHint = 0) => new byte[Math.Max(sizeHint, 256)];
    }

    /// <summary>Its timers fire at once, and it remembers what they were set to.</summary>
    private sealed class Impatient : TimeProvider
    {
        public List<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits.Add(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
