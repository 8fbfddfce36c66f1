using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;
using Workers.EndToEnd.Telemetry;

namespace Workers.EndToEnd.Cluster;

/// <summary>The order flow with each role a process of its own.</summary>
[Category("Slow")]
[FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.Self)]
public sealed class ClusterFlowTests
{
    private Cluster _cluster = null!;
    private ApiClient _api = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _cluster = await Cluster.StartAsync(ClusterServers.WithMongoDb() with { More = Collector.Settings }, "api", "commands", "sagas", "effects", "projections", "audit");
        _api = (await _cluster.Door.Present).Api;
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [Test]
    public async Task An_order_is_paid_confirmed_and_audited_by_processes_that_share_nothing_but_the_servers()
    {
        var (product, order) = (Bodies.Id("product"), Bodies.Id("order"));
        (await _api.PostAsync("/api/v1/products", Bodies.Product(product, 10))).Status.ShouldBe(201);

        var created = await _api.PostAsync("/api/v1/orders", Bodies.Order(order, product, 19.99m, 2));

        created.Status.ShouldBe(201, created.ToString());
        var flow = await _api.UntilAsync($"/api/v1/commands/sagas/{order}", f => f.Text("state") == "Confirmed");
        (await _api.GetAsync($"/api/v1/orders/{order}")).Text("status").ShouldBe("CONFIRMED");
        (await _api.GetAsync($"/api/v1/products/{product}")).Number("available").ShouldBe(8);
        Ledger.Read(_cluster.Ledger).ShouldHaveSingleItem().Payment.ShouldBe(flow.Json["data"]!["payment_id"]!.ToString());
        await _api.UntilAsync("/api/v1/orders?customer_id=550e8400-e29b-41d4-a716-446655440000", list => list.Items.Any(o => o["order_id"]!.ToString() == order));
        await _api.UntilAsync($"/api/v1/commands/audit?entity_id={order}", list => list.Items.Any(e => e["action"]!.ToString() == "confirmed"));
    }

    [Test]
    public async Task A_declined_payment_gives_the_stock_back()
    {
        var (product, order) = (Bodies.Id("product"), Bodies.Id("order"));
        await _api.PostAsync("/api/v1/products", Bodies.Product(product, 5));

        await _api.PostAsync("/api/v1/orders", Bodies.Order(order, product, 10.13m));

        await _api.UntilAsync($"/api/v1/commands/sagas/{order}", f => f.Text("state") == "Compensated");
        await _api.UntilAsync($"/api/v1/products/{product}", p => p.Number("available") == 5);
    }

    [Test]
    public async Task One_trace_leads_through_all_processes()
    {
        const string caller = "00f067aa0ba902b7";
        var collector = Collector.Named();
        var (product, order, trace) = (Bodies.Id("product"), Bodies.Id("order"), Guid.NewGuid().ToString("N"));
        await _api.PostAsync("/api/v1/products", Bodies.Product(product, 5));

        await _api.PostAsync("/api/v1/orders", Bodies.Order(order, product, 10m), ("traceparent", $"00-{trace}-{caller}-01"));

        var spans = await collector.UntilAsync(trace, all => all.Any(span => Confirmed(span, "process workers.events", "projections"))
            && all.Any(span => Confirmed(span, "process workers.events", "audit")) && all.Any(span => Confirmed(span, "process workers.flows", "sagas"))
            && Span.Loose(all, caller).Any() is false);
        spans.Select(span => span.Process).Distinct().Count().ShouldBe(6);
        spans.Where(span => span.Is("process workers.commands") || span.Is("process workers.effects")).ShouldAllBe(span => span.Of("messaging.system") == "kafka");
        spans.ShouldContain(span => span.Is("process workers.effects", "effects"));
        spans.Any(span => Confirmed(span, "send workers.events", null)).ShouldBeTrue();

        static bool Confirmed(Span span, string name, string? group) => span.Is(name, group) && span.Of("cloudevents.event_type") == "OrderConfirmed";
    }

    [Test]
    public async Task A_worker_says_how_it_is_and_serves_nothing_else()
    {
        var worker = (await _cluster["commands"].Present).Api;

        (await worker.GetAsync("/health/live")).Status.ShouldBe(200);
        (await worker.GetAsync("/api/v1/products")).Status.ShouldBe(404);
    }
}
