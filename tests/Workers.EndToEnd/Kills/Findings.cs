using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Kills;

/// <summary>What must be true once everything that was accepted has come to its end, however often the program was killed.</summary>
internal sealed class Findings(ApiClient api, Load load, string ledger, Action<string>? progress = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    // Of what was sent again before the first was executed: the first.
    private readonly HashSet<string> _ended = [];
    private readonly List<JsonObject> _flows = [];
    private readonly List<JsonObject> _commands = [];
    private readonly List<JsonObject> _audit = [];

    public async Task NothingIsADeadLetterAsync()
    {
        var letters = await api.GetAsync("/api/v1/commands/dead-letters");
        letters.Number("total").ShouldBe(0, letters.Content);
    }

    private void EveryRefusalSaidWhenToTryAgain() => load.Unfit.ShouldBeEmpty();

    /// <summary>Returns when all flows have ended and every group has read everything.</summary>
    private async Task SettleAsync()
    {
        await FlowsEndAsync();
        progress?.Invoke("flows have ended");
        foreach (var accepted in load.Accepted)
        {
            var ended = await api.UntilAsync($"/api/v1/commands/{accepted.CommandId}", command => command.Text("completed_at") is not null);
            _ended.Add(ended.Text("id")!);
        }

        progress?.Invoke("commands have ended");
        await NothingMovesAsync();
        progress?.Invoke("nothing moves");

        // A cancellation that was executed last may have begun to undo one that had ended.
        await FlowsEndAsync();
        _flows.AddRange(await FlowsAsync());
        await CatchUpAsync();
        progress?.Invoke($"caught up: {_commands.Count} commands, {_audit.Count} audit rows");
    }

    /// <summary>
    /// What flows and commands still caused (notifications) is read when no place is behind, and none has moved between two looks. As long as something moves it
    /// may take its time: how fast that is depends on the machine.
    /// </summary>
    private async Task NothingMovesAsync()
    {
        string[] places = [], behind = [];
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var moved = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(moved) < Patience; await look.WaitForNextTickAsync())
        {
            // While partitions get new leaders, a look may be told to come back.
            var list = await api.GetAsync("/api/v1/commands/partitions");
            if (list.Status != 200)
            {
                continue;
            }

            var before = places;
            places = [.. list.Items.Select(PlaceOf)];
            behind = [.. list.Items.Where(place => place["lag"]!.GetValue<long>() != 0 && place["position"]!.GetValue<long>() != 0).Select(PlaceOf)];
            if (!places.SequenceEqual(before))
            {
                moved = Stopwatch.GetTimestamp();
            }
            else if (behind.Length == 0)
            {
                return;
            }
        }

        throw new TimeoutException($"Behind, and not moving for {Patience}: {string.Join(", ", behind)}");
    }

    // With the calls of services that are under way.
    private static string PlaceOf(JsonObject place) => $"{place["group"]} {place["topic"]}/{place["partition"]} {place["position"]} of {place["end"]}, {place["keys_parked"]} set aside";

    private async Task FlowsEndAsync()
    {
        foreach (var order in load.Orders)
        {
            var flow = await api.UntilAsync($"/api/v1/commands/sagas/{order}", f => f.Text("state") is "Confirmed" or "Compensated" or "Stuck");
            flow.Text("state").ShouldNotBe("Stuck", flow.ToString());
        }
    }

    /// <summary>The whole of it, in the order in which it must be asked.</summary>
    public async Task AllAddsUpAsync()
    {
        await SettleAsync();
        await NothingIsADeadLetterAsync();
        await EveryCommandHasOneOutcomeAsync();
        await OrdersAndMoneyAddUpAsync();
        await StockAddsUpAsync();
        NumberedCommandsRanInTheirOrder();
        EveryRefusalSaidWhenToTryAgain();
    }

    /// <summary>Lists and audit follow in their time: what is still missing at the end of it is for the others to find.</summary>
    private async Task CatchUpAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        do
        {
            _commands.Clear();
            _audit.Clear();
            _commands.AddRange(await api.AllAsync("/api/v1/commands?internal=true"));
            _audit.AddRange(await api.AllAsync("/api/v1/commands/audit"));
        }
        while (!deadline.IsCancellationRequested && !HaveCaughtUp() && await look.WaitForNextTickAsync());
    }

    private bool HaveCaughtUp()
    {
        var asked = _audit.Select(entry => entry["id"]!.ToString()).ToHashSet();
        var ended = _audit.Where(entry => entry["outcome"] is not null).Select(entry => entry["command_id"]!.ToString()).ToHashSet();
        var listed = _commands.Select(command => command["id"]!.ToString()).ToHashSet();
        return load.Accepted.All(accepted => listed.Contains(accepted.CommandId)) && _ended.All(ended.Contains) && listed.All(asked.Contains)
            && NumberedChanges().Count() == load.Numbered;
    }

    private async Task EveryCommandHasOneOutcomeAsync()
    {
        var asked = _audit.GroupBy(entry => entry["id"]!.ToString()).ToDictionary(group => group.Key, group => group.Count());
        var ended = _audit.Where(entry => entry["outcome"] is not null)
            .GroupBy(entry => entry["command_id"]!.ToString()).ToDictionary(group => group.Key, group => group.ToList());
        foreach (var accepted in load.Accepted)
        {
            var command = await api.GetAsync($"/api/v1/commands/{accepted.CommandId}");
            command.Text("state").ShouldBeOneOf("SUCCEEDED", "FAILED");
            command.Json["attempts"]!.GetValue<int>().ShouldBe(1);
        }

        foreach (var command in _commands)
        {
            var id = command["id"]!.ToString();
            asked.GetValueOrDefault(id).ShouldBe(1, $"{command["type"]} {id} in the audit trail");
            if (ended.TryGetValue(id, out var outcomes))
            {
                outcomes.Count.ShouldBe(1, $"outcomes of {command["type"]} {id} in the audit trail");
            }
            else
            {
                // Sent again before the first was executed: it points to that one.
                (await api.GetAsync($"/api/v1/commands/{id}")).Text("id").ShouldNotBe(id, $"{command["type"]} {id} has no outcome");
            }
        }

        load.Accepted.Select(accepted => accepted.CommandId).Except(_commands.Select(command => command["id"]!.ToString())).ShouldBeEmpty();
        load.Accepted.GroupBy(accepted => accepted.CommandId).ShouldAllBe(group => group.Count() == 1);
    }

    private async Task OrdersAndMoneyAddUpAsync()
    {
        var moves = Ledger.Read(ledger).ToLookup(move => move.Payment);
        _flows.Select(OrderOf).Order(StringComparer.Ordinal).ShouldBe(load.Orders.Order(StringComparer.Ordinal));
        foreach (var flow in _flows)
        {
            var confirmed = flow["state"]!.ToString() == "Confirmed";
            var order = await api.GetAsync($"/api/v1/orders/{OrderOf(flow)}");
            order.Text("status").ShouldBe(confirmed ? "CONFIRMED" : "CANCELLED");
            var events = (await api.GetAsync($"/api/v1/orders/{OrderOf(flow)}/events")).Items.ToList();
            events.Select(e => e["version"]!.GetValue<int>()).ShouldBe(Enumerable.Range(1, events.Count));
            events.Select(e => e["type"]!.ToString()).ShouldBeUnique();

            var charges = moves[PaymentOf(flow)].Where(move => move.Kind == "charge").ToList();
            var refunds = moves[PaymentOf(flow)].Where(move => move.Kind == "refund").ToList();
            charges.Count.ShouldBeLessThanOrEqualTo(1, flow.ToJsonString());
            refunds.Count.ShouldBe(confirmed ? 0 : charges.Count, flow.ToJsonString());
            charges.Concat(refunds).ShouldAllBe(move => move.Amount == order.Number("total"));
            var payment = await api.GetAsync($"/api/v1/payments/{PaymentOf(flow)}");
            if (confirmed)
            {
                charges.Count.ShouldBe(1, flow.ToJsonString());
            }

            if (charges.Count > 0)
            {
                payment.Text("status").ShouldBe(confirmed ? "PROCESSED" : "REFUNDED");
            }
        }

        moves.Select(payment => payment.Key).Except(_flows.Select(PaymentOf)).ShouldBeEmpty();
    }

    private async Task StockAddsUpAsync()
    {
        foreach (var (product, initial) in Load.Products)
        {
            var now = await api.GetAsync($"/api/v1/products/{product}");
            var held = _flows.Where(flow => flow["state"]!.ToString() == "Confirmed").Sum(flow => flow["data"]!["products"]![product]?.GetValue<int>() ?? 0);
            var moved = _commands.Where(command =>
                command["type"]!.ToString() == "AdjustInventory" && command["key"]!.ToString() == product && command["state"]!.ToString() == "SUCCEEDED"
                && command["links"]!["first"] is null).ToList();
            var added = moved.Sum(command => Quantity(command, "add") - Quantity(command, "remove"));

            now.Number("stock").ShouldBe(initial + added, product);
            (now.Number("stock") - now.Number("available")).ShouldBe(held, product);
            foreach (var change in Changes(product).Where(change => change["stock"] is not null))
            {
                var (stock, reserved) = (change["stock"]!.GetValue<long>(), change["reserved"]?.GetValue<long>() ?? 0);
                stock.ShouldBeGreaterThanOrEqualTo(reserved, product);
                reserved.ShouldBeGreaterThanOrEqualTo(0, product);
            }
        }
    }

    /// <summary>Each adds one to nothing, so that the n-th has left n.</summary>
    private void NumberedCommandsRanInTheirOrder()
    {
        NumberedChanges().Select(change => change["reason"]!.ToString()).ShouldBeUnique("A numbered command was executed twice.");
        var steps = NumberedChanges().ToDictionary(change => int.Parse(change["reason"]!.ToString(), CultureInfo.InvariantCulture), change => change["stock"]!.GetValue<int>());

        steps.Count.ShouldBe(load.Numbered);
        steps.ShouldAllBe(step => step.Key == step.Value);
    }

    private IEnumerable<JsonNode> NumberedChanges() => Changes("numbered").Where(change => change["action"]?.ToString() == "add");

    private IEnumerable<JsonNode> Changes(string product) => _audit
        .Where(entry => entry["entity_id"]!.ToString() == product && entry["action"]!.ToString().StartsWith("stock_", StringComparison.Ordinal))
        .Select(entry => entry["changes"]!);

    private static int Quantity(JsonObject command, string action) =>
        command["data"]!["action"]!.ToString() == action ? command["data"]!["quantity"]!.GetValue<int>() : 0;

    private static string OrderOf(JsonObject flow) => flow["data"]!["order_id"]!.ToString();

    private static string PaymentOf(JsonObject flow) => flow["data"]!["payment_id"]!.ToString();

    private Task<List<JsonObject>> FlowsAsync() => api.AllAsync("/api/v1/commands/sagas?saga=order");
}
