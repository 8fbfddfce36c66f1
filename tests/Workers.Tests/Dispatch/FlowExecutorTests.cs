using MassTransit;
using NUnit.Framework;
using Shouldly;
using Workers.Engine.Commands;
using Workers.Engine.Dispatch;
using Workers.Engine.Pump;

namespace Workers.Tests.Dispatch;

[Parallelizable(ParallelScope.All)]
public sealed class FlowExecutorTests
{
    [Test]
    public async Task A_refusal_in_a_flow_is_a_dead_letter_at_once()
    {
        await using var group = new Dispatching(bus => bus.AddConsumer<Refusing>(), made => [made.Consumer<Refusing>("refusing")]);
        var item = new WorkItem(group.Record(new Place("o1")), null);
        var flows = new FlowExecutor(group.Table, CancellationToken.None);
        flows.Prepare([item], group.Session);

        var result = flows.Execute(item, group.Session);

        (result.Kind, result.Reason).ShouldBe((ExecutionKind.Poison, "refused"));
        result.Error.ShouldBeOfType<CommandRefused>().Message.ShouldBe("no");
    }

    private sealed class Refusing : IConsumer<Place>
    {
        public Task Consume(ConsumeContext<Place> context) => throw new CommandRefused("NO", "no");
    }
}
