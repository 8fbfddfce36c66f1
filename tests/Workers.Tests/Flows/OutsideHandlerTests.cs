using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Store;

namespace Workers.Tests.Flows;

/// <summary>Commands whose handlers were registered, or taken out.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class OutsideHandlerTests : IAsyncDisposable
{
    private readonly FlowEngine _engine = new();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Test]
    public void What_a_flow_sends_is_executed_by_ours_whose_events_it_waits_for()
    {
        _engine.Handlers(("payment", Row("http://localhost/pay", nameof(ProcessPayment))));
        var payment = new ProcessPayment { PaymentId = "p", UserId = "u", Amount = 5, Currency = "USD" };

        _engine.Run(payment);
        _engine.Take<CallHandler>().Effect.CommandType.ShouldBe(nameof(ProcessPayment));

        _engine.Run(payment with { PaymentId = "q" }, (HeaderName.Flow, "order/00000000-0000-8000-8000-000000000000"));
        _engine.Take<ChargePayment>().Effect.PaymentId.ShouldBe("q");
    }

    [Test]
    public void What_has_an_outcome_keeps_it_although_its_handler_was_taken_out_since()
    {
        var record = _engine.Record(new CreateProduct { ProductId = "p", Name = "A product", Price = 1 });
        _engine.Run(record).State.ShouldBe(CommandState.Succeeded);
        _engine.Handlers(("inventory", Row(null, nameof(CreateProduct)) with { Active = false }));

        _engine.Run(record).State.ShouldBe(CommandState.Succeeded);
    }

    [Test]
    public void Who_wants_no_more_calls_is_taken_out_unless_it_was_registered_anew_meanwhile()
    {
        var register = new RegisterHandler { Name = "reports", Types = ["MakeReport"], Url = "http://localhost/one" };
        _engine.Run(register);
        var first = Stored();
        _engine.Run(register with { Url = "http://localhost/two" });

        _engine.Run(Gone(first.Taken));
        Stored().Active.ShouldBeTrue();

        _engine.Run(Gone(Stored().Taken));
        Stored().Active.ShouldBeFalse();
    }

    [Test]
    public void A_circuit_that_is_closed_by_hand_is_closed_though_its_worker_has_ended()
    {
        foreach (var name in new[] { "handler:reports", "notifications" })
        {
            _engine.Run(new RecordCircuit { Name = name, Worker = "gone-1", State = "open", Failures = 10, OpenedMs = 1, RetryMs = 2 });
        }

        _engine.Run(new ResetCircuitBreaker { Name = "handler:reports" });
        Circuits().ShouldBe(["gone-1/notifications"]);
        _engine.Run(new RecordCircuit { Name = "handler:reports", Worker = "gone-1", State = "closed" });
        _engine.Run(new ResetCircuitBreaker { Name = "*" });

        Circuits().ShouldBeEmpty();
        _engine.Events.Select(e => e.Headers.Get(HeaderName.Type)).Where(type => type!.StartsWith("Handler", StringComparison.Ordinal))
            .ShouldBe([nameof(HandlerUnavailable), nameof(HandlerAvailable)]);
    }

    private string[] Circuits() => [.. _engine.Store.ControlRows(0).Where(row => row.Kind == ControlKinds.Circuit && row.Data is not null).Select(row => row.Name)];

    private HandlerRow Stored() => ControlData.ReadHandler(_engine.Store.FindControl(ControlKinds.Handler, "reports")!)!;

    private static RecordHandled Gone(long registration) => new()
    {
        TargetKey = "k",
        TargetId = Guid.NewGuid().ToString(),
        TargetType = "MakeReport",
        Handler = "reports",
        Registration = registration,
        Outcome = CommandState.DeadLettered.Name(),
        Gone = true,
    };

    private static HandlerRow Row(string? url, string type) => new([type], url, null, 1_000, 0, Active: true, null, "ops", 0);
}
