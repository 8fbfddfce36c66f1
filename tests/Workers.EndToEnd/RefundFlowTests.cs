using System.Globalization;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd;

/// <summary>Refunds from the door to the gateway's ledger.</summary>
public sealed class RefundFlowTests
{
    private readonly string _payment = Bodies.Id("payment");
    private readonly string _refund = Bodies.Id("refund");
    private readonly ApiClient _api = SharedProgram.Api;

    [Test]
    public async Task A_refund_ends_with_the_money_back_and_is_shown_as_a_flow()
    {
        await PayAsync(100m);

        var refunded = await RefundAsync(_refund, 40m);

        refunded.Status.ShouldBe(200, refunded.ToString());
        (refunded.Text("status"), refunded.Text("payment_status")).ShouldBe(("REFUNDED", "PARTIALLY_REFUNDED"));
        var flow = await FlowAsync("Refunded");
        flow.Text("saga").ShouldBe("refund");
        flow.Json["timeline"]!.AsArray().Select(step => step!["state"]!.ToString()).ShouldBe(["Refunding", "Refunded"]);
        (await _api.GetAsync("/api/v1/commands/sagas?saga=refund&limit=1000")).Items.Any(one => one["data"]!["refund_id"]!.ToString() == _refund).ShouldBeTrue();
    }

    [Test]
    public async Task Above_the_threshold_it_waits_and_is_approved_by_its_id_alone()
    {
        await PayAsync(5_000m);
        var asked = await RefundAsync(_refund, 2_000m, ("Prefer", "respond-async"));
        asked.Status.ShouldBe(202, asked.ToString());
        var waiting = await FlowAsync("AwaitingApproval");
        waiting.Json["events"]!.AsArray().Select(name => name!.ToString()).ShouldBe(["RefundApprovalTimedOut", "RefundApproved", "RefundRejected"]);
        waiting.Json["timers"]!.AsArray().ShouldHaveSingleItem()!["type"]!.ToString().ShouldBe("RefundApprovalTimedOut");

        var approved = await _api.ExecuteAsync($$"""{"type":"refund","action":"approve","refund_id":"{{_refund}}"}""");

        approved.Status.ShouldBe(200, approved.ToString());
        await FlowAsync("Refunded");
        var command = await _api.UntilAsync($"/api/v1/commands/{asked.Text("command_id")}", one => one.Text("state") == "SUCCEEDED");
        command.Json["result"]!["status"]!.ToString().ShouldBe("REFUNDED");
        (await _api.ExecuteAsync($$"""{"type":"refund","action":"reject","refund_id":"{{_refund}}"}""")).Text("error").ShouldBe("Refund is already refunded");
    }

    [Test]
    public async Task A_rejected_one_says_why_and_an_unknown_one_is_not_found()
    {
        await PayAsync(5_000m);
        var asked = await RefundAsync(_refund, 2_000m, ("Prefer", "respond-async"));
        await FlowAsync("AwaitingApproval");

        (await _api.ExecuteAsync($$"""{"type":"RejectRefund","refund_id":"{{_refund}}","reason":"No receipt"}""")).Status.ShouldBe(200);

        await FlowAsync("Rejected");
        var command = await _api.UntilAsync($"/api/v1/commands/{asked.Text("command_id")}", one => one.Text("state") == "FAILED");
        command.Json["error"]!["message"]!.ToString().ShouldBe("No receipt");
        var unknown = await _api.ExecuteAsync("""{"type":"ApproveRefund","refund_id":"nobodys"}""");
        (unknown.Status, unknown.Text("error")).ShouldBe((404, "Refund not found"));
    }

    [Test]
    public async Task Refunds_at_once_never_give_back_more_than_was_paid()
    {
        await PayAsync(100m);

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => RefundAsync(Bodies.Id("refund"), 30m)));

        answers.Count(answer => answer.Status == 200).ShouldBe(3);
        answers.Where(answer => answer.Status != 200).ShouldAllBe(answer => answer.Text("code") == "REFUND_EXCEEDS_PAYMENT");
        Moves().Where(move => move.Kind == "refund").Sum(move => move.Amount).ShouldBe(90m);
    }

    [Test]
    public async Task A_full_refund_of_an_order_that_is_not_shipped_cancels_it_and_gives_its_stock_back()
    {
        var (product, order) = (Bodies.Id("product"), Bodies.Id("order"));
        (await _api.PostAsync("/api/v1/products", Bodies.Product(product, 5))).Status.ShouldBe(201);
        (await _api.PostAsync("/api/v1/orders", Bodies.Order(order, product, 50m))).Status.ShouldBe(201);
        var flow = await _api.UntilAsync($"/api/v1/commands/sagas/{order}", one => one.Text("state") == "Confirmed");
        var payment = flow.Json["data"]!["payment_id"]!.ToString();

        (await RefundAsync(_refund, 50m, payment: payment)).Status.ShouldBe(200);

        await FlowAsync("Refunded");
        await _api.UntilAsync($"/api/v1/commands/sagas/{order}", one => one.Text("state") == "Compensated");
        (await _api.GetAsync($"/api/v1/orders/{order}")).Text("status").ShouldBe("CANCELLED");
        (await _api.GetAsync($"/api/v1/products/{product}")).Number("available").ShouldBe(5);
    }

    [Test]
    public async Task A_flow_that_is_not_stuck_is_not_touched_by_hand()
    {
        await PayAsync(100m);
        await RefundAsync(_refund, 40m);
        await FlowAsync("Refunded");

        var refused = await _api.PostAsync($"/api/v1/commands/sagas/{_refund}/retry", """{"reason":"why not"}""");

        (refused.Status, refused.Text("error")).ShouldBe((400, "The flow has ended: it is Refunded"));
        (await _api.PostAsync("/api/v1/commands/sagas/nothing/compensate", "")).Status.ShouldBe(404);
    }

    [Test]
    public async Task A_command_is_undone_once_and_says_whether_it_can_be()
    {
        var user = Bodies.Id("user");
        var created = await _api.ExecuteAsync(
            $$$"""{"type":"CreateUser","command_id":"make-{{{user}}}","user_id":"{{{user}}}","data":{"name":"Ada","email":"ada@example.org"}}""");
        created.Status.ShouldBe(201, created.ToString());
        var before = await _api.GetAsync($"/api/v1/commands/make-{user}");
        before.Json["links"]!["undo"]!.ToString().ShouldBe("/api/v1/commands/undo");
        var body = $$"""{"command_id":"make-{{user}}","reason":"by mistake"}""";

        var undone = await _api.PostAsync("/api/v1/commands/undo", body);

        undone.Status.ShouldBe(200, undone.ToString());
        (undone.Text("command_id"), undone.Text("state"), undone.Text("reason")).ShouldBe(($"make-{user}", "UNDONE", "by mistake"));
        (await _api.GetAsync($"/api/v1/users/{user}")).Status.ShouldBe(404);
        var after = await _api.GetAsync($"/api/v1/commands/make-{user}");
        after.Text("state").ShouldBe("UNDONE");
        after.Json["links"]!["undo"].ShouldBeNull();
        (await _api.PostAsync("/api/v1/commands/undo", body)).Content.ShouldBe(undone.Content);
        await _api.UntilAsync($"/api/v1/commands?key={user}&state=UNDONE", list => list.Items.Any());
        await _api.UntilAsync($"/api/v1/commands/audit?entity_id={user}", list => list.Items.Any(e => e["action"]!.ToString() == "undo" && e["reason"]!.ToString() == "by mistake"));
    }

    [Test]
    public async Task What_cannot_be_undone_is_refused_with_the_reason()
    {
        await PayAsync(100m);
        var refund = await RefundAsync(_refund, 40m);

        var refused = await _api.PostAsync("/api/v1/commands/undo", $$"""{"command_id":"{{refund.Header("X-Command-Id")}}"}""");

        (refused.Status, refused.Text("error")).ShouldBe((400, "RefundPayment cannot be undone"));
        (await _api.PostAsync("/api/v1/commands/undo", """{"command_id":"nobodys"}""")).Status.ShouldBe(404);
        (await _api.PostAsync("/api/v1/commands/undo", "{}")).Text("error").ShouldBe("Validation error: command_id is required");
    }

    [Test]
    public async Task An_undone_payment_is_refunded_in_full()
    {
        var paid = await PayAsync(80m);

        var undone = await _api.PostAsync("/api/v1/commands/undo", $$"""{"command_id":"{{paid.Header("X-Command-Id")}}","reason":"twice"}""");

        (undone.Status, undone.Text("state")).ShouldBe((200, "UNDONE"), undone.ToString());
        (await _api.GetAsync($"/api/v1/payments/{_payment}")).Text("status").ShouldBe("REFUNDED");
        Moves().Select(move => (move.Kind, move.Amount)).ShouldBe([("charge", 80m), ("refund", 80m)]);
    }

    private Task<Answer> FlowAsync(string state) => _api.UntilAsync($"/api/v1/commands/sagas/{_refund}", flow => flow.Text("state") == state);

    private async Task<Answer> PayAsync(decimal amount)
    {
        var paid = await _api.ExecuteAsync(string.Create(
            CultureInfo.InvariantCulture, $$"""{"type":"payment","payment_id":"{{_payment}}","user_id":"u","amount":{{amount}},"currency":"USD"}"""));
        paid.Status.ShouldBe(200, paid.ToString());
        return paid;
    }

    private Task<Answer> RefundAsync(string refund, decimal amount, (string Name, string Value)? header = null, string? payment = null) => _api.ExecuteAsync(
        string.Create(
            CultureInfo.InvariantCulture, $$"""{"type":"refund","payment_id":"{{payment ?? _payment}}","refund_id":"{{refund}}","amount":{{amount}},"reason":"Broken"}"""),
        header is { } given ? [given] : []);

    private IEnumerable<Move> Moves() =>
        Ledger.Read(Path.Combine(SharedProgram.Directory, "gateway-simulated.log")).Where(move => move.Payment == _payment);
}
