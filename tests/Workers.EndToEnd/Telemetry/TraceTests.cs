using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Telemetry;

/// <summary>What a real collector gets of a program.</summary>
[Category("Slow")]
[FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.Self)]
public sealed class TraceTests
{
    private const string Caller = "00f067aa0ba902b7";

    private DataDirectory _data = null!;
    private Collector _collector = null!;
    private RunningProgram _program = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _collector = Collector.Named();
        _data = new DataDirectory();
        _program = await RunningProgram.StartAsync(
            _data.FullName, new Dictionary<string, string>(Collector.Settings) { ["Workers__Api__AccessLog"] = "true" });
        await _program.Api.UntilAsync("/health/ready", answer => answer.Status == 200);
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _program?.Dispose();
        _data?.Dispose();
    }

    [Test]
    public async Task An_order_is_one_trace_from_its_caller_to_the_last_reader()
    {
        var (trace, order) = (TraceId(), Bodies.Id("order"));

        await OrderAsync(order, 10.00m, trace, recorded: true);

        var spans = await _collector.UntilAsync(trace, all => all.Any(span => span.Is("process workers.flows") && span.Of("cloudevents.event_type") == "OrderConfirmed")
            && Followers.All(group => all.Any(span => span.Is("process workers.events", group) && span.Of("cloudevents.event_type") == "OrderConfirmed"))
            && !Span.Loose(all, Caller).Any());
        var request = spans.Single(span => span.Parent == Caller);
        (request.Name, request.Kind, request.Of("http.route"), request.Of("http.response.status_code")).ShouldBe(("POST /api/v1/orders", "Server", "/api/v1/orders", "201"));
        var send = spans.Single(span => span.Parent == request.Id && span.Is("send workers.commands"));
        (send.Kind, send.Of("messaging.system"), send.Of("messaging.operation.type")).ShouldBe(("Producer", "workers", "send"));
        var process = spans.Single(span => span.Parent == send.Id && span.Is("process workers.commands", "commands"));
        (process.Kind, process.Of("command.outcome"), process.Of("workers.attempt")).ShouldBe(("Consumer", "SUCCEEDED", "1"));
        process.Of("messaging.message.id").ShouldBe(send.Of("messaging.message.id"));
        process.Of("messaging.destination.partition.id").ShouldNotBeNull();
        var command = spans.Single(span => span.Name == "CreateOrder" && span.Scope == "Workers");
        (command.Of("command.name"), command.Of("command.type")).ShouldBe(("CreateOrder", "command"));
        foreach (var type in (string[])["AdjustInventory", "ProcessPayment", "RecordCharge", "ConfirmOrder"])
        {
            spans.ShouldContain(span => span.Is("process workers.commands", "commands") && span.Of("cloudevents.event_type") == type, type);
        }

        spans.ShouldContain(span => span.Is("process workers.effects", "effects") && span.Of("cloudevents.event_type") == "ChargePayment");
        spans.ShouldContain(span => span.Scope == "MassTransit");
    }

    [Test]
    public async Task Each_attempt_is_a_span_and_what_failed_is_marked()
    {
        var (trace, order) = (TraceId(), Bodies.Id("order"));

        // The first answer to a charge of .17 is lost.
        await OrderAsync(order, 10.17m, trace, recorded: true);

        var spans = await _collector.UntilAsync(trace, all => Charges(all).Count() == 2 && all.Any(span => span.Of("cloudevents.event_type") == "PaymentProcessed") && !Span.Loose(all, Caller).Any());
        var attempts = Charges(spans).OrderBy(span => span.Of("workers.attempt")).ToList();
        attempts.Select(span => span.Of("workers.attempt")).ShouldBe(["1", "2"]);
        attempts.Select(span => span.IsError).ShouldBe([true, false]);
        attempts[0].Of("error.type").ShouldNotBeNull();
        attempts[0].Parent.ShouldBe(attempts[1].Parent);
    }

    [Test]
    public async Task A_trace_that_its_caller_does_not_record_is_kept_with_the_command_and_not_sent()
    {
        var (trace, order) = (TraceId(), Bodies.Id("order"));

        await OrderAsync(order, 10.00m, trace, recorded: false);

        foreach (var type in (string[])["CreateOrder", "ProcessPayment", "ConfirmOrder"])
        {
            var commands = await _program.Api.UntilAsync($"/api/v1/commands?type={type}&limit=100", list => list.Items.Any(command => command["trace_id"]?.ToString() == trace));
            commands.Status.ShouldBe(200);
        }

        _program.Output.ShouldContain(trace);
        _collector.SpansOf(trace).ShouldBeEmpty();
    }

    [Test]
    public async Task Lines_and_figures_are_sent_too()
    {
        var trace = TraceId();
        await OrderAsync(Bodies.Id("order"), 10.00m, trace, recorded: true);
        using var data = new DataDirectory();
        using var other = await RunningProgram.StartAsync(data.FullName, Collector.Settings);
        (await other.Api.ExecuteAsync("""{"type":"CreateUser","user_id":"u1","data":{"name":"Ada L","email":"ada@example.org"}}""")).Status.ShouldBe(201);

        (await other.TerminateAsync()).ExitCode.ShouldBe(0);

        await _collector.UntilAsync(trace, _ => LogOf(trace).IsMatch(_collector.Text));
        foreach (var metric in (string[])["workers.command.completed", "workers.batch.duration", "messaging.client.operation.duration", "messaging.process.duration", "http.server.request.duration"])
        {
            _collector.Text.ShouldContain($"-> Name: {metric}\n");
        }
    }

    private static readonly string[] Followers = ["projections", "audit", "metrics", "feeds"];

    private static System.Text.RegularExpressions.Regex LogOf(string trace) => new($"Body: Str\\(POST /api/v1/orders 201 [^\n]*\n(?:[^\n]*\n){{1,40}}?Trace ID: {trace}");

    private static IEnumerable<Span> Charges(IEnumerable<Span> spans) =>
        spans.Where(span => span.Is("process workers.effects") && span.Of("cloudevents.event_type") == "ChargePayment");

    private static string TraceId() => Guid.NewGuid().ToString("N");

    private async Task OrderAsync(string order, decimal price, string trace, bool recorded)
    {
        var product = Bodies.Id("product");
        (await _program.Api.PostAsync("/api/v1/products", Bodies.Product(product, 10))).Status.ShouldBe(201);
        var created = await _program.Api.PostAsync("/api/v1/orders", Bodies.Order(order, product, price), ("traceparent", $"00-{trace}-{Caller}-{(recorded ? "01" : "00")}"));
        created.Status.ShouldBe(201, created.ToString());
        await _program.Api.UntilAsync($"/api/v1/commands/sagas/{Bodies.Flow(order)}", flow => flow.Text("state") == "Confirmed");
    }
}
