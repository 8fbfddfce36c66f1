using System.Text;
using System.Text.Json.Serialization;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Dispatch;
using Workers.Engine.Log;
using Workers.Engine.Session;
using Workers.Engine.Store;
using Workers.Tests.Dispatch;

namespace Workers.Benchmarks.Dispatch;

/// <summary>
/// What MassTransit costs a record: reading its 200 bytes of JSON, the pipeline, staging what is sent. No log, no store. The thread's processor
/// time, so that what else runs on the machine counts little. The saga's line is a whole flow: four events, a timeout set and taken back, a command sent.
/// </summary>
internal static class DispatchBenchmark
{
    private const int Batch = 500;
    private static readonly PartitionId Partition = new(Topics.Commands, 0);

    public static async Task Run()
    {
        await using var services = new ServiceCollection().AddLogging().AddSingleton(Registry()).AddDispatch(bus =>
        {
            bus.AddConsumer<Nothing>();
            bus.AddConsumer<NothingShared>();
            bus.AddConsumer<Publishing>();
            bus.AddConsumer<PublishingShared>();
            bus.AddSagaStateMachine<OrderMachine, OrderState>();
        }).BuildServiceProvider();
        var receivers = services.GetRequiredService<Receivers>();
        var registry = services.GetRequiredService<MessageRegistry>();

        Console.WriteLine("dispatch, medians of 5           ns     bytes");
        Measure("nothing", Messages(registry, receivers.Consumer<Nothing>("nothing")), 20_000);
        Measure("nothing, one scope", Messages(registry, receivers.Consumer<NothingShared>("nothing-shared", sharesScope: true)), 20_000);
        Measure("one publish", Messages(registry, receivers.Consumer<Publishing>("publish")), 20_000);
        Measure("one publish, one scope", Messages(registry, receivers.Consumer<PublishingShared>("publish-shared", sharesScope: true)), 20_000);
        Measure("saga", Flows(registry, receivers.Saga("orders", FlowJson.Default.OrderState, sharesScope: false)), 4_000);
        Measure("saga, one scope", Flows(registry, receivers.Saga("orders2", FlowJson.Default.OrderState)), 4_000);
    }

    private static MessageRegistry Registry() => FlowJson.Registry().Add("Sized", Topics.Commands, m => m.Id, SizedJson.Default.Sized);

    private static Action<BatchSession, int> Messages(MessageRegistry registry, Receiver receiver)
    {
        var table = new DispatchTable("benchmark", registry, [receiver]);
        var record = Record("Sized", """{"id":"0198c2f4-7d1e-7c51-9f0a-2b6a4c3d9e11","customer":"customer-000042","note":"%","quantity":3,"amount":129.90}"""
            .Replace("%", new string('x', 96), StringComparison.Ordinal));
        return (session, _) => One(table, session, record);
    }

    private static Action<BatchSession, int> Flows(MessageRegistry registry, Receiver receiver)
    {
        var table = new DispatchTable("benchmark", registry, [receiver]);
        return (session, i) =>
        {
            One(table, session, Record("Placed", $$"""{"order":"o{{i}}","amount":10}"""));
            One(table, session, Record("Noted", $$"""{"order":"o{{i}}"}"""));
            One(table, session, Record("Noted", $$"""{"order":"o{{i}}"}"""));
            One(table, session, Record("Charged", $$"""{"order":"o{{i}}"}"""));
        };
    }

    private static void One(DispatchTable table, BatchSession session, LogRecord record)
    {
        record.Headers.TryGet(HeaderName.Type, out var name);
        var entry = table.Find(name)!;
        session.Enter(new RecordScope(record, DateTimeOffset.UnixEpoch, 1, flow: null));
        session.Mark();
        var done = entry.Dispatch(entry.Decode(record), record, session);
        if (!done.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("The dispatch did not complete on the pump's thread.", done.Exception);
        }
    }

    private static LogRecord Record(string type, string json) => new()
    {
        Id = Ids.New(DateTimeOffset.UnixEpoch),
        Topic = Topics.Commands,
        Key = "k",
        TimestampMs = 0,
        Headers = new HeaderWriter().Add(HeaderName.Type, type).Add(HeaderName.Source, "benchmark").Add(HeaderName.Door, "queue").Take(),
        Value = Encoding.UTF8.GetBytes(json),
    };

    private static void Measure(string name, Action<BatchSession, int> run, int count)
    {
        var times = new List<double>();
        var bytes = 0L;
        for (var round = 0; round < 9; round++)
        {
            using var reader = new MemoryReader();
            using var session = new BatchSession("benchmark", Partition, reader, TimeProvider.System);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var started = ThreadTime.Nanoseconds;
            for (var i = 0; i < count; i++)
            {
                run(session, i);
                if (i % Batch == Batch - 1)
                {
                    session.MoveTo(new Flush { Position = new PositionMove("benchmark", Partition, i, 0, 0) });
                }
            }

            // The first rounds are for the compiler.
            if (round > 3)
            {
                times.Add((double)(ThreadTime.Nanoseconds - started) / count);
                bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / count;
            }
        }

        times.Sort();
        Console.WriteLine($"{name,-26} {times[times.Count / 2],8:N0} {bytes,9:N0}");
    }

    private class Nothing : IConsumer<Sized>
    {
        public Task Consume(ConsumeContext<Sized> context) => Task.CompletedTask;
    }

    private sealed class NothingShared : Nothing;

    private class Publishing : IConsumer<Sized>
    {
        public Task Consume(ConsumeContext<Sized> context) => context.Publish(new Charged(context.Message.Id));
    }

    private sealed class PublishingShared : Publishing;
}

internal sealed record Sized(string Id, string Customer, string Note, int Quantity, decimal Amount);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Sized))]
internal sealed partial class SizedJson : JsonSerializerContext;
