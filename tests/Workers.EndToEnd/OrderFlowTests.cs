using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd;

/// <summary>An order with a payment runs by itself, forward or back.</summary>
public sealed class OrderFlowTests
{
    private readonly string _product = Bodies.Id("product");
    private readonly string _order = Bodies.Id("order");
    private readonly ApiClient _api = SharedProgram.Api;

    [Test]
    public async Task An_order_with_payment_is_reserved_charged_confirmed_and_told_by_itself()
    {
        var customer = Bodies.Id("customer");
        await StockAsync(10);

        var created = await _api.PostAsync("/api/v1/orders", Bodies.Order(_order, _product, 999.99m, 2, customer));

        created.Status.ShouldBe(201, created.ToString());
        created.Json.Select(member => member.Key).ShouldBe(["order_id", "order_number", "status"]);
        created.Text("order_id").ShouldBe(_order);
        created.Text("order_number")!.ShouldMatch("^ORD-[0-9A-Z]{10}$");
        created.Text("status").ShouldBe("CREATED");
        created.Header("Location").ShouldBe($"/api/v1/orders/{_order}");
        var flow = await FlowAsync("Confirmed");
        flow.Json["timeline"]!.AsArray().Select(step => step!["state"]!.ToString())
            .ShouldBe(["ReservingStock", "Charging", "Confirming", "Confirmed"]);
        flow.Json["timers"]!.AsArray().ShouldBeEmpty();
        await OrderIsAsync("CONFIRMED");
        await StockIsAsync(stock: 10, available: 8);
        await PaymentIsAsync(flow, "PROCESSED", 1999.98m);
        var told = await _api.UntilAsync(
            $"/api/v1/commands?user_id={customer}&type=SendNotification", list => list.Items.Any(c => c["state"]!.ToString() == "SUCCEEDED"));
        told.Items.ShouldHaveSingleItem()["data"]!["type"]!.ToString().ShouldBe("order_confirmed");
    }

    [Test]
    public async Task A_confirmed_order_is_shipped_and_delivered_and_its_stock_leaves()
    {
        await ConfirmedAsync();

        var shipped = await _api.PutAsync($"/api/v1/orders/{_order}/ship", """{"tracking_number":"1Z999AA10123456784","carrier":"UPS"}""");
        shipped.Status.ShouldBe(200, shipped.ToString());
        shipped.Content.ShouldBe($$"""{"order_id":"{{_order}}","status":"SHIPPED","tracking_number":"1Z999AA10123456784"}""");
        var delivered = await _api.PutAsync($"/api/v1/orders/{_order}/deliver", "");
        delivered.Content.ShouldBe($$"""{"order_id":"{{_order}}","status":"DELIVERED"}""");

        await FlowAsync("Completed");
        await _api.UntilAsync($"/api/v1/products/{_product}", product => product.Number("stock") == 9);
        await StockIsAsync(stock: 9, available: 9);
    }

    // The first answer to a charge of .17 is lost, so that there is time to be quicker than the flow.
    [TestCase("Confirmed", 1, "confirm")]
    [TestCase("Shipped", 0, "confirm", "ship")]
    [TestCase("Completed", 0, "confirm", "ship", "deliver")]
    public async Task An_order_that_somebody_moves_on_while_it_is_charged_is_not_undone(string state, int stock, params string[] actions)
    {
        await StockAsync(1);
        await CreateAsync(Bodies.Order(_order, _product, 10.17m));
        await FlowAsync("Charging");
        foreach (var action in actions)
        {
            var moved = await _api.PutAsync($"/api/v1/orders/{_order}/{action}", action == "ship" ? """{"tracking_number":"1Z","carrier":"UPS"}""" : "");
            moved.Status.ShouldBe(200, moved.ToString());
        }

        var flow = await FlowAsync(state);

        await PaymentIsAsync(flow, "PROCESSED", 10.17m);
        await _api.UntilAsync($"/api/v1/products/{_product}", product => product.Number("stock") == stock);
        await StockIsAsync(stock, available: 0);
    }

    [Test]
    public async Task Cancelling_before_shipping_gives_stock_and_money_back()
    {
        var flow = await ConfirmedAsync();

        var cancelled = await _api.PutAsync($"/api/v1/orders/{_order}/cancel", """{"reason":"Customer requested refund"}""");

        cancelled.Content.ShouldBe($$"""{"order_id":"{{_order}}","status":"CANCELLED"}""");
        await FlowAsync("Compensated");
        await StockIsAsync(stock: 10, available: 10);
        await PaymentIsAsync(flow, "REFUNDED", 999.99m);
        Moves(flow).ShouldBe(["charge", "refund"]);
        (await _api.PutAsync($"/api/v1/orders/{_order}/cancel", """{"reason":"again"}""")).Text("error").ShouldBe("Order is already cancelled");
    }

    [Test]
    public async Task A_shipped_order_cannot_be_cancelled()
    {
        await ConfirmedAsync();
        (await _api.PutAsync($"/api/v1/orders/{_order}/ship", """{"tracking_number":"1","carrier":"UPS"}""")).Status.ShouldBe(200);

        var refused = await _api.PutAsync($"/api/v1/orders/{_order}/cancel", """{"reason":"too late"}""");

        refused.Status.ShouldBe(400);
        refused.Text("error").ShouldBe("Cannot cancel shipped or delivered order");
    }

    [Test]
    public async Task A_declined_payment_ends_with_the_stock_back_and_the_order_cancelled()
    {
        await StockAsync(10);

        await CreateAsync(Bodies.Order(_order, _product, 10.13m));

        var flow = await FlowAsync("Compensated");
        await OrderIsAsync("CANCELLED");
        await StockIsAsync(stock: 10, available: 10);
        await PaymentIsAsync(flow, "FAILED", 10.13m);
        Moves(flow).ShouldBeEmpty();
    }

    [Test]
    public async Task A_gateway_whose_first_answer_is_lost_charges_once()
    {
        await StockAsync(10);

        await CreateAsync(Bodies.Order(_order, _product, 10.17m));

        var flow = await FlowAsync("Confirmed");
        await PaymentIsAsync(flow, "PROCESSED", 10.17m);
        Moves(flow).ShouldBe(["charge"]);
    }

    [Test]
    public async Task Too_little_stock_ends_without_a_charge()
    {
        await StockAsync(1);

        await CreateAsync(Bodies.Order(_order, _product, 20m, quantity: 2));

        var flow = await FlowAsync("Compensated");
        await OrderIsAsync("CANCELLED");
        await StockIsAsync(stock: 1, available: 1);
        Moves(flow).ShouldBeEmpty();
        (await _api.GetAsync($"/api/v1/payments/{flow.Json["data"]!["payment_id"]}")).Status.ShouldBe(404);
    }

    [Test]
    public async Task An_unknown_product_ends_without_a_charge()
    {
        await CreateAsync(Bodies.Order(_order, _product, 20m));

        var flow = await FlowAsync("Compensated");
        await OrderIsAsync("CANCELLED");
        Moves(flow).ShouldBeEmpty();
    }

    [Test]
    public async Task Of_several_products_those_reserved_are_released_when_one_is_missing()
    {
        await StockAsync(5);
        var missing = Bodies.Id("product");
        var one = $$"""{"product_id":"{{_product}}","sku":"A","quantity":1,"unit_price":5}""";
        var other = $$"""{"product_id":"{{missing}}","sku":"B","quantity":1,"unit_price":5}""";

        await CreateAsync(Bodies.Order(_order, _product, 5m).Replace("\"items\":[", $"\"items\":[{one},{other},", StringComparison.Ordinal));

        await FlowAsync("Compensated");
        await StockIsAsync(stock: 5, available: 5);
    }

    [Test]
    public async Task Orders_for_the_last_piece_get_it_once()
    {
        await StockAsync(1);
        var orders = Enumerable.Range(0, 8).Select(_ => Bodies.Id("order")).ToList();

        await Task.WhenAll(orders.Select(order => CreateAsync(Bodies.Order(order, _product, 7m))));

        var ends = new List<string>();
        foreach (var order in orders)
        {
            ends.Add((await _api.UntilAsync($"/api/v1/commands/sagas/{order}", IsEnded)).Text("state")!);
        }

        ends.Count(end => end == "Confirmed").ShouldBe(1);
        ends.Count(end => end == "Compensated").ShouldBe(7);
        await StockIsAsync(stock: 1, available: 0);
    }

    private static bool IsEnded(Answer flow) => flow.Text("state") is "Confirmed" or "Compensated";

    private async Task StockAsync(int pieces) => (await _api.PostAsync("/api/v1/products", Bodies.Product(_product, pieces))).Status.ShouldBe(201);

    private async Task CreateAsync(string body)
    {
        var created = await _api.PostAsync("/api/v1/orders", body);
        created.Status.ShouldBe(201, created.ToString());
    }

    private async Task<Answer> ConfirmedAsync()
    {
        await StockAsync(10);
        await CreateAsync(Bodies.Order(_order, _product, 999.99m));
        return await FlowAsync("Confirmed");
    }

    private Task<Answer> FlowAsync(string state) => _api.UntilAsync($"/api/v1/commands/sagas/{Bodies.Flow(_order)}", flow => flow.Text("state") == state);

    private async Task OrderIsAsync(string status) => (await _api.GetAsync($"/api/v1/orders/{_order}")).Text("status").ShouldBe(status);

    private async Task StockIsAsync(int stock, int available)
    {
        var product = await _api.GetAsync($"/api/v1/products/{_product}");
        product.Number("stock").ShouldBe(stock);
        product.Number("available").ShouldBe(available);
    }

    private async Task PaymentIsAsync(Answer flow, string status, decimal amount)
    {
        var payment = await _api.GetAsync($"/api/v1/payments/{flow.Json["data"]!["payment_id"]}");
        payment.Text("status").ShouldBe(status);
        payment.Number("amount").ShouldBe(amount);
        payment.Text("order_id").ShouldBe(_order);
    }

    private static IEnumerable<string> Moves(Answer flow) => Ledger
        .Read(Path.Combine(SharedProgram.Directory, "gateway-simulated.log"))
        .Where(move => move.Payment == flow.Json["data"]!["payment_id"]!.ToString()).Select(move => move.Kind);
}
