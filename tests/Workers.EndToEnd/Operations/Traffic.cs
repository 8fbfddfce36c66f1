using System.Globalization;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Operations;

/// <summary>Some of everything: orders, payments, refunds, refusals, repeats, attempts that are made again, dead letters, schedules.</summary>
internal static class Traffic
{
    private const string Commands = "/api/v1/commands";

    /// <summary>Returns when all of it has ended.</summary>
    public static async Task SendAsync(ApiClient api)
    {
        await Task.WhenAll(OrderAsync(api), RefundAsync(api), LetterAsync(api), ScheduleAsync(api), RepeatAsync(api));
        (await api.ExecuteAsync("""{"type":"DeleteUser","user_id":"nobody-at-all"}""")).Status.ShouldBe(404);
    }

    private static async Task OrderAsync(ApiClient api)
    {
        var (product, order) = (Bodies.Id("p"), Bodies.Id("o"));
        await api.PostAsync("/api/v1/products", Bodies.Product(product, 5));

        // The first answer to a charge of .17 is lost: it is called again.
        (await api.PostAsync("/api/v1/orders", Bodies.Order(order, product, 10.17m))).Status.ShouldBe(201);
        await api.UntilAsync($"{Commands}/sagas/{order}", flow => flow.Text("state") == "Confirmed");
        (await api.PutAsync($"/api/v1/orders/{order}/ship", """{"tracking_number":"1Z","carrier":"UPS"}""")).Status.ShouldBe(200);
        (await api.PutAsync($"/api/v1/orders/{order}/deliver", "")).Status.ShouldBe(200);
        (await api.PostAsync("/api/v1/orders", Bodies.Order(order + "c", product, 10m))).Status.ShouldBe(201);
        (await api.PutAsync($"/api/v1/orders/{order}c/cancel", """{"reason":"Not wanted"}""")).Status.ShouldBe(200);
    }

    private static async Task RefundAsync(ApiClient api)
    {
        var payment = Bodies.Id("pay");
        (await api.ExecuteAsync($$"""{"type":"payment","payment_id":"{{payment}}","user_id":"ada","amount":100,"currency":"USD"}""")).Status.ShouldBe(200);
        (await api.ExecuteAsync($$"""{"type":"refund","payment_id":"{{payment}}","amount":40,"reason":"Late","refund_id":"{{payment}}r"}""")).Status.ShouldBe(200);
    }

    private static async Task LetterAsync(ApiClient api)
    {
        using var talks = new Receiver((_, _) => (200, new string('x', 300_000)));
        var type = "Talks" + Bodies.Id("")[1..];
        (await api.PostAsync($"{Commands}/handlers/{type}/register", $$"""{"types":["{{type}}"],"url":"{{talks.Url}}"}""")).Status.ShouldBe(201);
        (await api.ExecuteAsync($$"""{"type":"{{type}}","key":"{{type}}"}""")).Status.ShouldBe(500);
    }

    private static async Task ScheduleAsync(ApiClient api)
    {
        const string notify = """{"type":"SendNotification","user_id":"ada","channel":"email","title":"t","message":"m"}""";
        var id = Bodies.Id("every-second");
        (await api.PostAsync($"{Commands}/schedule", $$"""{"schedule_id":"{{id}}","command":{{notify}},"cron":"* * * * * ?"}""")).Status.ShouldBe(201);
        var soon = DateTimeOffset.UtcNow.AddSeconds(2).ToString("O", CultureInfo.InvariantCulture);
        var once = await api.PostAsync($"{Commands}/schedule", $$"""{"command":{{notify}},"at":"{{soon}}"}""");
        await api.UntilAsync($"{Commands}/scheduled/{id}/runs", runs => runs.Items.Any());
        (await api.DeleteAsync($"{Commands}/scheduled/{id}")).Status.ShouldBe(200);
        await api.UntilAsync($"{Commands}/scheduled/{once.Text("id")}", one => one.Text("state") == "SUCCEEDED");
    }

    private static async Task RepeatAsync(ApiClient api)
    {
        var body = $$$"""{"type":"CreateUser","user_id":"{{{Bodies.Id("u")}}}","data":{"name":"Ada L","email":"ada@example.org"}}""";
        var key = ("Idempotency-Key", Bodies.Id("repeat"));
        (await api.ExecuteAsync(body, key)).Status.ShouldBe(201);
        (await api.ExecuteAsync(body, key)).Status.ShouldBe(201);
    }
}
