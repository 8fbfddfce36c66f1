using System.Text.RegularExpressions;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Documents;

/// <summary>Document 003, event-sourced orders: its requests in its order, answered with the status and the members printed there.</summary>
public sealed class Document003Tests
{
    private const string Orders = "/api/v1/orders";

    private const string Printed =
        """
        {
          "customer_id": "uuid",
          "items": [
            {
              "product_id": "uuid",
              "sku": "SKU-001",
              "quantity": 2,
              "unit_price": 29.99
            }
          ],
          "shipping_address": {
            "street": "123 Main St",
            "city": "Springfield",
            "state": "IL",
            "zip": "62701",
            "country": "US"
          }
        }
        """;

    private const string Laptop =
        """
        {
            "customer_id": "550e8400-e29b-41d4-a716-446655440000",
            "items": [
              {
                "product_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
                "sku": "LAPTOP-001",
                "quantity": 1,
                "unit_price": 999.99
              }
            ],
            "shipping_address": {
              "street": "123 Tech Street",
              "city": "San Francisco",
              "state": "CA",
              "zip": "94102",
              "country": "US"
            }
        }
        """;

    private readonly ApiClient _api = SharedProgram.Api;

    [TestCase(Printed)]
    [TestCase(Laptop)]
    public async Task The_printed_order_is_created_with_exactly_the_printed_members(string body)
    {
        var created = await _api.PostAsync(Orders, body);

        created.Status.ShouldBe(201, created.ToString());
        created.Json.Select(member => member.Key).ShouldBe(["order_id", "order_number", "status"]);
        created.Text("order_number")!.ShouldMatch("^ORD-[0-9A-HJKMNP-TV-Z]{10}$");
        created.Text("status").ShouldBe("CREATED");
        created.Header("Location").ShouldBe($"{Orders}/{created.Text("order_id")}");
    }

    [Test]
    public async Task An_order_is_confirmed_shipped_and_delivered_as_printed()
    {
        var id = await CreatedAsync();

        (await BareAsync($"{id}/confirm")).ShouldBe((200, $$"""{"order_id":"{{id}}","status":"CONFIRMED"}"""));
        (await PutAsync($"{id}/ship", """{ "tracking_number": "1Z999AA10123456784", "carrier": "UPS" }"""))
            .ShouldBe((200, $$"""{"order_id":"{{id}}","status":"SHIPPED","tracking_number":"1Z999AA10123456784"}"""));
        (await BareAsync($"{id}/deliver")).ShouldBe((200, $$"""{"order_id":"{{id}}","status":"DELIVERED"}"""));

        var order = await _api.GetAsync($"{Orders}/{id}");
        (order.Text("status"), order.Text("carrier"), order.Text("tracking_number"), order.Number("total")).ShouldBe(("DELIVERED", "UPS", "1Z999AA10123456784", 59.98m));
        var events = (await _api.GetAsync($"{Orders}/{id}/events")).Items.ToList();
        events.Select(happened => happened["type"]!.ToString()).ShouldBe(["OrderCreated", "OrderConfirmed", "OrderShipped", "OrderDelivered"]);
        events.Select(happened => happened["version"]!.GetValue<int>()).ShouldBe([1, 2, 3, 4]);
    }

    [TestCase("Customer requested cancellation")]
    [TestCase("Customer requested refund")]
    public async Task An_order_is_cancelled_with_a_reason(string reason)
    {
        var id = await CreatedAsync();

        (await PutAsync($"{id}/cancel", $$"""{ "reason": "{{reason}}" }""")).ShouldBe((200, $$"""{"order_id":"{{id}}","status":"CANCELLED"}"""));
    }

    [TestCase("\"items\": []", "Order must have at least one item")]
    [TestCase("\"sku\": \"  \"", "SKU is required")]
    [TestCase("\"quantity\": 0", "Quantity must be at least 1")]
    [TestCase("\"unit_price\": 0.01", "Unit price must be greater than 0.01")]
    [TestCase("\"unit_price\": 0", "Unit price must be greater than 0.01")]
    [TestCase("\"country\": \"USA\"", "Country code must be exactly 2 characters")]
    public async Task An_order_that_breaks_a_rule_is_refused_with_the_rules_sentence(string member, string sentence)
    {
        var refused = await _api.PostAsync(Orders, With(member));

        refused.Status.ShouldBe(400, refused.ToString());
        refused.MediaType.ShouldBe("application/problem+json");
        refused.Text("error").ShouldBe("Validation error: " + sentence);
        refused.Text("trace_id").ShouldNotBeNullOrEmpty();
    }

    [TestCase("street")]
    [TestCase("city")]
    [TestCase("state")]
    [TestCase("zip")]
    [TestCase("country")]
    public async Task Every_field_of_the_address_is_required(string field)
    {
        foreach (var blank in (string[])["\"\"", "\"   \""])
        {
            var refused = await _api.PostAsync(Orders, With($"\"{field}\": {blank}"));
            refused.Status.ShouldBe(400, refused.ToString());
            refused.Text("error")!.ShouldStartWith("Validation error: ");
        }
    }

    [TestCase("cancel", """{"reason":" "}""", "Cancellation reason is required")]
    [TestCase("cancel", "{}", "Cancellation reason is required")]
    [TestCase("ship", """{"carrier":"UPS"}""", "Tracking number is required")]
    [TestCase("ship", """{"tracking_number":"1Z"}""", "Carrier is required")]
    public async Task An_action_without_what_it_needs_is_refused(string action, string body, string sentence)
    {
        var id = await CreatedAsync();
        (await BareAsync($"{id}/confirm")).Status.ShouldBe(200);

        (await RefusedAsync($"{id}/{action}", body)).ShouldBe((400, "Validation error: " + sentence));
    }

    [TestCase("confirm", "")]
    [TestCase("cancel", """{"reason":"r"}""")]
    [TestCase("ship", """{"tracking_number":"1","carrier":"UPS"}""")]
    [TestCase("deliver", "")]
    public async Task An_unknown_order_is_not_found(string action, string body) =>
        (await RefusedAsync($"{Bodies.Id("nobody")}/{action}", body)).ShouldBe((404, "Order not found"));

    [TestCase("", "ship", "Order must be confirmed before shipping")]
    [TestCase("", "deliver", "Order must be shipped before delivery")]
    [TestCase("confirm", "deliver", "Order must be shipped before delivery")]
    [TestCase("confirm", "confirm", "Order is already confirmed")]
    [TestCase("confirm ship", "cancel", "Cannot cancel shipped or delivered order")]
    [TestCase("confirm ship", "confirm", "Cannot confirm shipped or delivered order")]
    [TestCase("confirm ship", "ship", "Order is already shipped")]
    [TestCase("confirm ship deliver", "cancel", "Cannot cancel shipped or delivered order")]
    [TestCase("confirm ship deliver", "ship", "Order is already delivered")]
    [TestCase("confirm ship deliver", "deliver", "Order is already delivered")]
    [TestCase("cancel", "confirm", "Cannot confirm cancelled order")]
    [TestCase("cancel", "ship", "Cannot ship cancelled order")]
    [TestCase("cancel", "deliver", "Cannot deliver cancelled order")]
    [TestCase("cancel", "cancel", "Order is already cancelled")]
    public async Task A_transition_that_is_not_allowed_is_a_business_rule(string before, string action, string sentence)
    {
        var id = await CreatedAsync();
        foreach (var step in before.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            (await PutAsync($"{id}/{step}", BodyOf(step))).Status.ShouldBe(200);
        }

        (await RefusedAsync($"{id}/{action}", BodyOf(action))).ShouldBe((400, sentence));
    }

    [Test]
    public async Task Health_answers_the_printed_members()
    {
        var health = await _api.GetAsync("/health");

        health.Status.ShouldBe(200);
        health.Json.Select(member => member.Key).ShouldBe(["status", "service", "version"]);
        (health.Text("status"), health.Text("service")).ShouldBe(("healthy", "command-service"));
    }

    /// <summary>Its limitation 4, turned into a feature: with a key two requests are one order.</summary>
    [Test]
    public async Task Without_a_key_two_requests_are_two_orders_and_with_one_they_are_one()
    {
        var (first, second) = (await CreatedAsync(), await CreatedAsync());
        second.ShouldNotBe(first);

        var key = Bodies.Id("key");
        var made = await _api.PostAsync(Orders, Laptop, ("Idempotency-Key", key));
        var again = await _api.PostAsync(Orders, Laptop, ("Idempotency-Key", key));
        (again.Status, again.Content).ShouldBe((201, made.Content));
        again.Header("Idempotent-Replayed").ShouldBe("true");
    }

    [Test]
    public async Task Optimistic_locking_is_open_to_callers()
    {
        var id = await CreatedAsync();

        (await _api.PutAsync($"{Orders}/{id}/confirm", "", ("If-Match", "\"7\""))).Status.ShouldBe(412);
        (await _api.PutAsync($"{Orders}/{id}/confirm", "", ("If-Match", "\"1\""))).Status.ShouldBe(200);
        var late = await _api.ExecuteAsync($$"""{"type":"CancelOrder","order_id":"{{id}}","reason":"r","expected_version":1}""");
        (late.Status, late.Text("code")).ShouldBe((409, "VERSION_CONFLICT"));
    }

    [Test]
    public async Task Of_orders_that_are_changed_at_once_each_change_is_one_event()
    {
        var id = await CreatedAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _api.PutAsync($"{Orders}/{id}/confirm", "")));

        answers.Count(answer => answer.Status == 200).ShouldBe(1);
        answers.Where(answer => answer.Status != 200).ShouldAllBe(answer => answer.Status == 400 && answer.Text("error") == "Order is already confirmed");
        (await _api.GetAsync($"{Orders}/{id}/events")).Items.Count().ShouldBe(2);
    }

    private static string BodyOf(string action) => action switch
    {
        "cancel" => """{"reason":"r"}""",
        "ship" => """{"tracking_number":"1","carrier":"UPS"}""",
        _ => "",
    };

    /// <summary>The printed order with this member in place of its own.</summary>
    private static string With(string member)
    {
        var name = member[..(member.IndexOf(':', StringComparison.Ordinal) + 1)];
        var pattern = Regex.Escape(name) + (name == "\"items\":" ? @" \[[^\]]*\]" : @" (""[^""]*""|[0-9.]+)");
        return Regex.Replace(Printed, pattern, member);
    }

    private async Task<string> CreatedAsync()
    {
        var created = await _api.PostAsync(Orders, Printed);
        created.Status.ShouldBe(201, created.ToString());
        return created.Text("order_id")!;
    }

    private async Task<(int Status, string Body)> PutAsync(string path, string body) => As(await _api.PutAsync($"{Orders}/{path}", body));

    /// <summary>As curl sends it without -d: no body and no Content-Type.</summary>
    private async Task<(int Status, string Body)> BareAsync(string path) => As(await _api.SendAsync(HttpMethod.Put, $"{Orders}/{path}", null));

    private async Task<(int Status, string? Error)> RefusedAsync(string path, string body)
    {
        var refused = await _api.PutAsync($"{Orders}/{path}", body);
        return (refused.Status, refused.Text("error"));
    }

    private static (int Status, string Body) As(Answer answer) => (answer.Status, answer.Content);
}
