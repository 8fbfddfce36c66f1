using System.Buffers;
using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Bus;

namespace Workers.Tests.Bus;

[Parallelizable(ParallelScope.All)]
public sealed class CommandBusTests
{
    private static readonly CreateUser Ada = new(1, "ada");

    [Test]
    public async Task A_command_reaches_the_handler_of_its_type()
    {
        var bus = new CommandBus();
        bus.Register<CreateUser, User>((c, _) => new(new User(c.Id, c.Username)));
        bus.Register<DeleteUser, bool>((c, _) => new(c.Id == 7));

        (await bus.Send(Ada)).ShouldBe(new User(1, "ada"));
        (await bus.Send(new DeleteUser(7))).ShouldBeTrue();
        bus.GetRegisteredCommands().ShouldBe(["CreateUser", "DeleteUser"]);
    }

    [Test]
    public async Task A_command_without_a_handler_says_which()
    {
        var thrown = await Should.ThrowAsync<HandlerNotFoundException>(async () => await new CommandBus().Send(Ada));

        thrown.MessageName.ShouldBe("CreateUser");
        await Should.ThrowAsync<HandlerNotFoundException>(async () => await new CommandBus().Send("Other", Ada));
    }

    [Test]
    public void A_second_handler_is_refused_by_type_and_by_name()
    {
        var bus = new CommandBus();
        bus.Register<CreateUser, User>((_, _) => throw new InvalidOperationException(), "First");

        Should.Throw<HandlerAlreadyRegisteredException>(() => bus.Register<CreateUser, User>((_, _) => default, "Second"));
        Should.Throw<HandlerAlreadyRegisteredException>(() => bus.Register<DeleteUser, bool>((_, _) => default, "First"));
        bus.GetRegisteredCommands().ShouldBe(["First"]);
    }

    [Test]
    public async Task Buses_do_not_share_handlers()
    {
        var first = new CommandBus();
        var second = new CommandBus();
        first.Register<DeleteUser, bool>((_, _) => new(true));
        second.Register<DeleteUser, bool>((_, _) => new(false));

        (await first.Send(new DeleteUser(1))).ShouldBeTrue();
        (await second.Send(new DeleteUser(1))).ShouldBeFalse();
    }

    [Test]
    public async Task An_unregistered_handler_is_gone_by_type_and_by_name_and_may_come_back()
    {
        var bus = new CommandBus();
        bus.Register<DeleteUser, bool>((_, _) => new(true));
        (await bus.Send("DeleteUser", new DeleteUser(1))).ShouldBeTrue();

        bus.Unregister<DeleteUser, bool>().ShouldBeTrue();
        bus.Unregister<DeleteUser, bool>().ShouldBeFalse();
        await Should.ThrowAsync<HandlerNotFoundException>(async () => await bus.Send(new DeleteUser(1)));
        await Should.ThrowAsync<HandlerNotFoundException>(async () => await bus.Send("DeleteUser", new DeleteUser(1)));

        bus.Register<DeleteUser, bool>((_, _) => new(false));
        (await bus.Send("DeleteUser", new DeleteUser(1))).ShouldBeFalse();
    }

    [Test]
    public async Task The_table_grows_past_its_capacity()
    {
        var bus = new CommandBus(new CommandBusOptions { InitialCapacity = 0 });
        bus.Register<DeleteUser, bool>((_, _) => new(true));
        bus.Register<CreateUser, User>((c, _) => new(new User(c.Id, c.Username)));

        (await bus.Send(new DeleteUser(1))).ShouldBeTrue();
        (await bus.Send(Ada)).Id.ShouldBe(1);
    }

    [Test]
    public async Task Json_in_json_out()
    {
        var bus = new CommandBus();
        bus.Register<CreateUser, User>((c, _) => new(new User(c.Id + 1, c.Username)), json: new(SampleJson.Default.CreateUser, SampleJson.Default.User));
        var result = new ArrayBufferWriter<byte>();

        await bus.SendJson("CreateUser", """{"Id":1,"Username":"ada"}"""u8.ToArray(), result);

        Encoding.UTF8.GetString(result.WrittenSpan).ShouldBe("""{"Id":2,"Username":"ada"}""");
    }

    [TestCase("{")]
    [TestCase("null")]
    [TestCase("""{"Id":"x"}""")]
    public async Task Json_that_is_not_the_command_is_invalid(string json)
    {
        var bus = new CommandBus();
        bus.Register<CreateUser, User>((_, _) => throw new InvalidOperationException(), json: new(SampleJson.Default.CreateUser, SampleJson.Default.User));

        await Should.ThrowAsync<MessageInvalidException>(
            async () => await bus.SendJson("CreateUser", Encoding.UTF8.GetBytes(json), new ArrayBufferWriter<byte>()));
    }

    [Test]
    public async Task What_a_handler_throws_becomes_typed_whether_at_once_or_later()
    {
        var bus = new CommandBus();
        bus.Register<CreateUser, User>((_, _) => throw new InvalidOperationException("at once"));
        bus.Register<DeleteUser, bool>(async (_, _) =>
        {
            await Task.Yield();
            throw new InvalidOperationException("later");
        });

        (await Should.ThrowAsync<HandlerFailedException>(async () => await bus.Send(Ada))).InnerException!.Message.ShouldBe("at once");
        (await Should.ThrowAsync<HandlerFailedException>(async () => await bus.Send(new DeleteUser(1)))).InnerException!.Message.ShouldBe("later");
    }

    [Test]
    public async Task Exceptions_of_the_handlers_own_vocabulary_pass()
    {
        var bus = new CommandBus(new CommandBusOptions { PassThrough = e => e is NotSupportedException });
        bus.Register<CreateUser, User>((_, _) => throw new NotSupportedException());

        await Should.ThrowAsync<NotSupportedException>(async () => await bus.Send(Ada));
    }

    [Test]
    public async Task Cancellation_stays_cancellation()
    {
        var bus = new CommandBus();
        bus.Register<DeleteUser, bool>(async (_, cancellation) =>
        {
            return await new TaskCompletionSource<bool>().Task.WaitAsync(cancellation);
        });
        using var cancelled = new CancellationTokenSource();
        var sent = bus.Send(new DeleteUser(1), cancelled.Token).AsTask();

        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => sent);
    }

    [Test]
    public async Task Metrics_count_by_name_what_succeeded_and_what_failed()
    {
        var bus = new CommandBus();
        bus.Register<CreateUser, User>((_, _) => throw new InvalidOperationException());
        bus.Register<DeleteUser, bool>((_, _) => new(true));

        await bus.Send(new DeleteUser(1));
        await bus.Send(new DeleteUser(2));
        await Should.ThrowAsync<BusException>(async () => await bus.Send(Ada));

        bus.GetMetrics().Messages["DeleteUser"].Executed.ShouldBe(2);
        bus.GetMetrics().Messages["DeleteUser"].Failed.ShouldBe(0);
        bus.GetMetrics().Messages["CreateUser"].Failed.ShouldBe(1);
        bus.GetMetrics().Executed.ShouldBe(3);
        bus.GetMetrics().InFlight.ShouldBe(0);
    }

    [Test]
    public void Sending_allocates_nothing()
    {
        var bus = new CommandBus(new CommandBusOptions { EnableMetrics = false });
        bus.Register<DeleteUser, bool>((_, _) => new(true));
        var command = new DeleteUser(1);
        Send(bus, command, 10_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Send(bus, command, 1_000);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static void Send(CommandBus bus, DeleteUser command, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Done(bus.Send(command));
            Done(bus.Send("DeleteUser", command));
        }
    }

    private static void Done<T>(ValueTask<T> task) => task.IsCompletedSuccessfully.ShouldBeTrue();
}
