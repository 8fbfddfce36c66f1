using System.Buffers;
using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Bus;

namespace Workers.Tests.Bus;

[Parallelizable(ParallelScope.All)]
public sealed class QueryBusTests
{
    [Test]
    public async Task A_query_reaches_the_handler_of_its_type_by_type_by_name_and_by_run_time_type()
    {
        var bus = Bus();

        (await bus.Query(new GetUser(1))).ShouldBe(new User(1, "ada"));
        (await bus.Query("GetUser", new GetUser(2))).ShouldBe(new User(2, "ada"));
        (await bus.Execute(new GetUser(3))).ShouldBe(new User(3, "ada"));
        (await bus.ExecuteTyped<User>(new GetUser(4))).ShouldBe(new User(4, "ada"));
        bus.GetRegisteredQueries().ShouldBe(["CountUsers", "GetUser"]);
    }

    [Test]
    public async Task An_answer_of_another_type_is_a_typed_error()
    {
        var bus = Bus();

        var thrown = await Should.ThrowAsync<HandlerFailedException>(async () => await bus.ExecuteTyped<string>(new GetUser(1)));

        thrown.Message.ShouldBe("GetUser failed: its answer is a User and not a String");
        (await bus.ExecuteTyped<User?>(new GetUser(0))).ShouldBeNull();
        (await bus.ExecuteTyped<int>(new CountUsers())).ShouldBe(1);
        await Should.ThrowAsync<HandlerFailedException>(async () => await bus.ExecuteTyped<int>(new GetUser(0)));
    }

    [Test]
    public async Task A_query_that_nobody_handles_says_which()
    {
        var bus = new QueryBus();

        (await Should.ThrowAsync<HandlerNotFoundException>(async () => await bus.Query(new GetUser(1)))).MessageName.ShouldBe("GetUser");
        (await Should.ThrowAsync<HandlerNotFoundException>(async () => await bus.Query("Other", new GetUser(1)))).MessageName.ShouldBe("Other");
        (await Should.ThrowAsync<HandlerNotFoundException>(async () => await bus.Execute("text"))).MessageName.ShouldBe("String");
        await Should.ThrowAsync<MessageInvalidException>(async () => await bus.Execute(null!));
    }

    [Test]
    public async Task An_unregistered_query_is_gone_however_it_is_asked()
    {
        var bus = Bus();
        await bus.Execute(new GetUser(1));

        bus.Unregister<GetUser, User?>().ShouldBeTrue();

        await Should.ThrowAsync<HandlerNotFoundException>(async () => await bus.Query(new GetUser(1)));
        await Should.ThrowAsync<HandlerNotFoundException>(async () => await bus.Query("GetUser", new GetUser(1)));
        await Should.ThrowAsync<HandlerNotFoundException>(async () => await bus.Execute(new GetUser(1)));
    }

    [Test]
    public async Task Json_in_json_out()
    {
        var bus = new QueryBus();
        bus.Register<GetUser, User?>((q, _) => new(new User(q.Id, "ada")), json: new(SampleJson.Default.GetUser, SampleJson.Default.User!));
        var result = new ArrayBufferWriter<byte>();

        await bus.QueryJson("GetUser", """{"Id":5}"""u8.ToArray(), result);

        Encoding.UTF8.GetString(result.WrittenSpan).ShouldBe("""{"Id":5,"Username":"ada"}""");
        await Should.ThrowAsync<HandlerNotFoundException>(async () => await bus.QueryJson("Other", "{}"u8.ToArray(), result));
    }

    [Test]
    public void Asking_allocates_nothing_even_with_metrics()
    {
        var bus = Bus();
        var query = new CountUsers();
        Ask(bus, query, 10_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Ask(bus, query, 1_000);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static void Ask(QueryBus bus, CountUsers query, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Done(bus.Query(query));
            Done(bus.Query("CountUsers", query));
        }
    }

    private static void Done<T>(ValueTask<T> task) => task.IsCompletedSuccessfully.ShouldBeTrue();

    private static QueryBus Bus()
    {
        var bus = new QueryBus();
        bus.Register<GetUser, User?>((q, _) => new(q.Id == 0 ? null : new User(q.Id, "ada")));
        bus.Register<CountUsers, int>((_, _) => new(1));
        return bus;
    }

    private sealed record CountUsers : IQuery<CountUsers, int>;
}
