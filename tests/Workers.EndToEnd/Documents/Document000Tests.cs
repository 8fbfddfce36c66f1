using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Documents;

/// <summary>Document 000, commands: its requests as printed and in its order, in a program of their own since some concern every command.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.Self)]
public sealed class Document000Tests
{
    private const string Commands = "/api/v1/commands";

    private const string Payment =
        """{"command_id":"cmd123","user_id":"user123","amount":100.50,"currency":"USD","payment_method":"card","gateway":"stripe","description":"Test payment"}""";

    private const string Batch =
        """[{"command_id":"cmd123","user_id":"user123","action":"create","data":{"name":"John Doe","email":"john@example.com"}},{"command_id":"cmd124","user_id":"user123","action":"update","data":{"name":"Jane Doe"}}]""";

    private static readonly string[] Kinds = ["payment", "user", "order", "notification", "inventory", "refund", "audit", "system"];

    private DataDirectory _data = null!;
    private RunningProgram _program = null!;

    private ApiClient Api => _program.Api;

    [OneTimeSetUp]
    public async Task Start()
    {
        _data = new DataDirectory();
        _program = await RunningProgram.StartAsync(_data.FullName, new Dictionary<string, string> { ["Workers__Handlers__AllowedHosts"] = "127.0.0.1" });
        await Api.UntilAsync("/health/ready", answer => answer.Status == 200);
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _program?.Dispose();
        _data?.Dispose();
    }

    [Test, Order(1)]
    public async Task Figures_are_zeros_before_any_command()
    {
        var all = await Api.GetAsync($"{Commands}/metrics");
        (all.Status, all.Number("total"), all.Number("succeeded"), all.Number("failed"), all.Number("retried")).ShouldBe((200, 0, 0, 0, 0));
        all.Json["kinds"]!.AsArray().Select(kind => kind!["type"]!.ToString()).ShouldBe(Kinds);
        var payment = await Api.GetAsync($"{Commands}/metrics/payment");
        (payment.Status, payment.Text("type"), payment.Number("total")).ShouldBe((200, "payment", 0));
        (payment.Json["queue_ms"]!["p50"]!.GetValue<decimal>(), payment.Json["run_ms"]!["p99"]!.GetValue<decimal>()).ShouldBe((0, 0));
        payment.Text("since").ShouldNotBeNull();
    }

    [Test, Order(2)]
    public async Task The_load_test_of_one_payment_is_one_payment_with_equal_answers()
    {
        var answers = new List<Answer>();
        for (var round = 0; round < 6; round++)
        {
            answers.AddRange(await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Api.ExecuteAsync(Payment))));
        }

        answers.Select(answer => (answer.Status, answer.Content)).Distinct().ShouldHaveSingleItem().Status.ShouldBe(200);
        (await Api.UntilAsync("/api/v1/payments?user_id=user123", list => list.Items.Any(one => one["status"]!.ToString() == "PROCESSED"))).Items.ShouldHaveSingleItem();
    }

    [Test, Order(3)]
    public async Task The_load_test_of_a_batch_answers_each_item_and_does_it_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Api.PostAsync($"{Commands}/execute-batch", Batch)));

        answers.ShouldAllBe(answer => answer.Status == 200);
        var items = answers[0].Items.ToList();
        items.ConvertAll(item => (item["index"]!.GetValue<int>(), item["status"]!.GetValue<int>(), item["command_id"]!.ToString(), item["state"]!.ToString()))
            .ShouldBe([(0, 201, "cmd123", "SUCCEEDED"), (1, 200, "cmd124", "SUCCEEDED")]);
        items.ForEach(item => item["result"].ShouldNotBeNull());
        answers.Select(answer => answer.Content).Distinct().ShouldHaveSingleItem();
        (await Api.GetAsync("/api/v1/users/user123")).Text("name").ShouldBe("Jane Doe");
    }

    [Test, Order(4)]
    public async Task Each_of_the_eight_kinds_is_executed_with_the_printed_members()
    {
        const string meta = "\"metadata\":{\"source\":\"web\"}";
        await Done(200, $$"""{"command_id":"k1","user_id":"user123","amount":10.25,"currency":"USD","payment_method":"card","gateway":"stripe","description":"d",{{meta}}}""");
        await Done(201, $$$"""{"command_id":"k2","user_id":"user124","action":"create","data":{"name":"Ada","email":"ada@example.com"},{{{meta}}}}""");
        await Done(201, $$"""{"command_id":"k3","order_id":"order1","user_id":"user123","action":"create","items":[{"product_id":"p1","quantity":2,"price":5}],"total_amount":10,"currency":"USD",{{meta}}}""");
        await Done(201, $$"""{"command_id":"k4","user_id":"user123","channel":"email","type":"welcome","title":"Hello","message":"World","priority":"high",{{meta}}}""");
        await Done(201, """{"type":"CreateProduct","product_id":"p1","name":"Laptop","price":5}""");
        await Done(200, $$"""{"command_id":"k5","product_id":"p1","action":"add","quantity":3,"reason":"count",{{meta}}}""");
        var payments = await Api.UntilAsync("/api/v1/payments?user_id=user123", list => list.Items.Any(one => one["amount"]!.GetValue<decimal>() == 10.25m));
        var payment = payments.Items.First(one => one["amount"]!.GetValue<decimal>() == 10.25m)["id"];
        await Done(200, $$"""{"command_id":"k6","payment_id":"{{payment}}","user_id":"user123","amount":1,"currency":"USD","reason":"late",{{meta}}}""");
        await Done(201, $$$"""{"command_id":"k7","entity_type":"invoice","entity_id":"i1","action":"printed","changes":{"copies":2},"user_id":"user123","ip_address":"192.0.2.7","user_agent":"curl",{{{meta}}}}""");
        await Done(200, $$$"""{"command_id":"k8","action":"ping","parameters":{"a":1},{{{meta}}}}""");

        var ended = new[] { "payment", "user", "order", "notification", "inventory", "refund", "audit", "system" };
        foreach (var (n, kind) in ended.Index())
        {
            var id = $"k{n + 1}";
            var command = await Api.GetAsync($"{Commands}/{id}");
            (command.Status, command.Text("command_id"), command.Text("kind"), command.Text("state")).ShouldBe((200, id, kind, "SUCCEEDED"), command.ToString());
        }
    }

    [Test, Order(5)]
    public async Task A_command_is_executed_at_once_later_and_undone()
    {
        await Done(201, """{"type":"user","command_id":"x1","user_id":"user200","action":"create","data":{"name":"Bob","email":"bob@example.com"}}""");
        var later = await Api.ExecuteAsyncAsync("""{"type":"user","command_id":"x2","user_id":"user200","action":"update","data":{"name":"Bobby"}}""");
        (later.Status, later.Text("command_id"), later.Header("Retry-After")).ShouldBe((202, "x2", "1"));
        (await Api.GetAsync(later.Header("Location")!)).Status.ShouldBe(200);
        await Api.UntilAsync($"{Commands}/x2", command => command.Text("state") == "SUCCEEDED");

        var undone = await Api.PostAsync($"{Commands}/undo", """{"command_id":"x2","reason":"a mistake"}""");
        (undone.Status, undone.Text("state")).ShouldBe((200, "UNDONE"));
        (await Api.GetAsync("/api/v1/users/user200")).Text("name").ShouldBe("Bob");
        (await Api.PostAsync($"{Commands}/undo", """{"command_id":"nobody"}""")).Status.ShouldBe(404);
    }

    [Test, Order(6)]
    public async Task Commands_are_listed_with_their_number_and_read_one_by_one()
    {
        var users = await Api.UntilAsync($"{Commands}?type=user", list => list.Number("total") >= 4);
        users.Items.ShouldAllBe(one => one["kind"]!.ToString() == "user");
        (await Api.GetAsync($"{Commands}/history?limit=1")).Items.Count().ShouldBe(1);
        (await Api.GetAsync($"{Commands}/cmd124")).Text("state").ShouldBe("SUCCEEDED");
        (await Api.GetAsync($"{Commands}/nobody")).Text("error").ShouldBe("Command not found");
    }

    [Test, Order(7)]
    public async Task Handlers_are_listed_registered_and_unregistered()
    {
        var list = await Api.GetAsync($"{Commands}/handlers");
        list.Items.Select(one => one["name"]!.ToString()).Take(8).ShouldBe(Kinds);
        (await Api.GetAsync($"{Commands}/handlers/payment")).Text("health").ShouldBe("healthy");

        using var live = await LiveClient.ConnectAsync(Api.Address, "client_id=client-of-handlers");
        await live.SubscribeAsync("\"handler.*\"");
        using var receiver = new Receiver((_, _) => (200, """{"made":true}"""));
        (await Api.PostAsync($"{Commands}/handlers/reports/register", $$"""{"types":["MakeReport"],"url":"{{receiver.Url}}"}""")).Status.ShouldBe(201);
        (await Api.ExecuteAsync("""{"type":"MakeReport","data":{}}""")).Text("made").ShouldBe("true");
        (await Api.DeleteAsync($"{Commands}/handlers/reports")).Status.ShouldBe(200);
        (await Api.ExecuteAsync("""{"type":"MakeReport","data":{}}""")).Text("code").ShouldBe("HANDLER_NOT_FOUND");
        (await Api.DeleteAsync($"{Commands}/handlers/audit")).Status.ShouldBe(200);
        (await Api.PostAsync($"{Commands}/handlers/audit/register", "")).Status.ShouldBe(200);

        var frames = new List<string>();
        while (frames.Count < 4)
        {
            frames.Add(LiveClient.Event((await live.NextAsync())!));
        }

        frames.ShouldBe(["handler.registered", "handler.unregistered", "handler.unregistered", "handler.registered"], ignoreOrder: true);
    }

    [Test, Order(8)]
    public async Task The_queue_is_filled_looked_at_and_cleared()
    {
        using var live = await LiveClient.ConnectAsync(Api.Address, "user_id=user300&client_id=client-of-queue");
        await live.SubscribeAsync("\"command.*\"");
        (await Api.PostAsync($"{Commands}/queues/user/pause", """{"reason":"to see it wait"}""")).Status.ShouldBe(200);
        (await Api.PostAsync($"{Commands}/queue", """{"command_id":"q1","user_id":"user300","action":"create","data":{"name":"Eve","email":"eve@example.com"}}""")).Status.ShouldBe(202);
        // The list follows: those of the tests before are done, but may be told of as waiting for a moment.
        await Api.UntilAsync($"{Commands}/queue", list => list.Items.Count() == 1 && list.Items.Single()["command_id"]!.ToString() == "q1");

        (await Api.DeleteAsync($"{Commands}/queue")).Number("cancelled").ShouldBe(1);

        (await Api.UntilAsync($"{Commands}/q1", command => command.Text("state") == "CANCELLED")).Status.ShouldBe(200);
        (await Api.PostAsync($"{Commands}/queues/user/resume", "")).Status.ShouldBe(200);
        var told = new HashSet<string>();
        await live.UntilAsync(frame => told.Add(LiveClient.Event(frame)) && told.IsSupersetOf(["command.queued", "command.cancelled"]));
    }

    [Test, Order(9)]
    public async Task A_command_that_waits_is_cancelled()
    {
        await Api.PostAsync($"{Commands}/queues/user/pause", "{}");
        await Api.PostAsync($"{Commands}/queue", """{"command_id":"q2","user_id":"user301","action":"create","data":{"name":"Eve","email":"eve@example.com"}}""");
        await Api.UntilAsync($"{Commands}/q2", command => command.Text("state") == "QUEUED");
        var cancelled = await Api.PostAsync($"{Commands}/q2/cancel", "");
        (cancelled.Status, cancelled.Text("state")).ShouldBe((200, "CANCELLED"));
        (await Api.PostAsync($"{Commands}/queues/user/resume", "")).Status.ShouldBe(200);
    }

    [Test, Order(10)]
    public async Task The_audit_is_asked_for_by_id_type_and_range()
    {
        var all = await Api.UntilAsync($"{Commands}/audit?entity_id=i1", list => list.Items.Count() >= 2);
        var entry = all.Items.First(one => one["action"]!.ToString() == "printed");
        (entry["entity_type"]!.ToString(), entry["ip_address"]!.ToString(), entry["user_agent"]!.ToString(), entry["changes"]!["copies"]!.ToString())
            .ShouldBe(("invoice", "192.0.2.7", "curl", "2"));
        entry["hash"].ShouldNotBeNull();
        (await Api.GetAsync($"{Commands}/audit/{entry["id"]}")).Text("action").ShouldBe("printed");
        (await Api.GetAsync($"{Commands}/audit/type/payment")).Items.ShouldAllBe(one => one["kind"]!.ToString() == "payment");
        (await Api.GetAsync($"{Commands}/audit/type/nonsense")).ShouldSatisfyAllConditions(a => a.Status.ShouldBe(200), a => a.Items.ShouldBeEmpty());
        (await Api.GetAsync($"{Commands}/audit/range?from=2020-01-01T00:00:00Z&to=2999-01-01T00:00:00Z")).Items.ShouldNotBeEmpty();
        (await Api.GetAsync($"{Commands}/audit/range?from=2021-01-01T00:00:00Z&to=2020-01-01T00:00:00Z")).Status.ShouldBe(400);
    }

    [Test, Order(11)]
    public async Task Figures_are_told_by_kind_and_reset()
    {
        var payments = await Api.UntilAsync($"{Commands}/metrics/payment", figures => figures.Number("total") == 2);
        (payments.Number("succeeded"), payments.Number("failed")).ShouldBe((2, 0));
        (await Api.GetAsync($"{Commands}/metrics/nonsense")).Status.ShouldBe(404);
        (await Api.GetAsync($"{Commands}/metrics?step=60")).Json["points"]!.AsArray().Sum(point => point!["total"]!.GetValue<int>()).ShouldBeGreaterThan(10);

        (await Api.SendAsync(HttpMethod.Post, $"{Commands}/metrics/reset", null)).Status.ShouldBe(200);

        (await Api.GetAsync($"{Commands}/metrics/payment")).Number("total").ShouldBe(0);
        await Done(200, """{"type":"system","action":"ping"}""");
        await Api.UntilAsync($"{Commands}/metrics", figures => figures.Number("total") == 1);

        // The same as an action of the system.
        var since = (await Api.GetAsync($"{Commands}/metrics")).Text("since");
        await Done(200, """{"type":"system","action":"reset_metrics","parameters":{"reason":"a new month"}}""");
        await Api.UntilAsync($"{Commands}/metrics", figures => figures.Text("since") != since && figures.Number("total") <= 1);
        await Api.UntilAsync(
            $"{Commands}/audit?entity_type=metrics", audit => audit.Items.Any(entry => entry["reason"]?.ToString() == "a new month"));
    }

    [Test, Order(12)]
    public async Task Circuit_breakers_are_shown_and_reset()
    {
        var status = await Api.GetAsync($"{Commands}/circuit-breaker/status");
        (status.Status, status.Text("state")).ShouldBe((200, "CLOSED"));
        status.Json["breakers"]!.AsArray().Select(one => one!["name"]!.ToString()).ShouldContain("gateway:stripe");
        (await Api.SendAsync(HttpMethod.Post, $"{Commands}/circuit-breaker/reset", null)).Status.ShouldBe(200);
    }

    [Test, Order(13)]
    public async Task The_web_socket_tells_of_commands_and_health_is_the_services()
    {
        using var live = await LiveClient.ConnectAsync(Api.Address, "user_id=user123&client_id=client456");
        await live.SubscribeAsync("\"command.*\"");
        await Done(200, """{"command_id":"w1","user_id":"user123","action":"update","data":{"name":"June Doe"}}""");
        await Api.ExecuteAsync("""{"command_id":"w2","user_id":"user123","amount":5.13,"currency":"USD","payment_method":"card"}""");
        (await Api.PostAsync($"{Commands}/undo", """{"command_id":"w1"}""")).Text("state").ShouldBe("UNDONE");

        var frames = await live.UntilAsync(frame => LiveClient.Event(frame) == "command.undone");

        frames.Single(frame => LiveClient.Event(frame) == "command.failed")["data"]!["command_id"]!.ToString().ShouldBe("w2");
        var executed = frames.First(frame => LiveClient.Event(frame) == "command.executed" && frame["data"]!["kind"]!.ToString() == "user");
        (executed["type"]!.ToString(), executed["data"]!["command_id"]!.ToString()).ShouldBe(("UpdateUser", "w1"));
        var health = await Api.GetAsync("/health");
        (health.Status, health.Text("status"), health.Text("service")).ShouldBe((200, "healthy", "command-service"));
        (await Api.GetAsync("/ws")).Status.ShouldBe(426);
    }

    [Test, Order(14)]
    public async Task Command_events_are_read_and_the_history_is_cleared()
    {
        var feed = await Api.GetAsync("/api/v1/feeds/command-events?limit=1000");
        feed.Items.Select(one => one["type"]!.ToString()).Distinct().ShouldBeSubsetOf(
            ["command.executed", "command.failed", "command.queued", "command.cancelled", "command.undone", "audit.recorded", "metrics.snapshot", "handler.registered", "handler.unregistered"]);

        (await Api.DeleteAsync($"{Commands}/history")).Status.ShouldBe(200);

        (await Api.GetAsync($"{Commands}?type=audit")).Items.ShouldBeEmpty();
        (await Api.ExecuteAsync(Payment)).Header("Idempotent-Replayed").ShouldBe("true");
    }

    private async Task Done(int status, string body)
    {
        var answer = await Api.ExecuteAsync(body, ("Prefer", "wait=25"));
        answer.Status.ShouldBe(status, answer.ToString());
    }
}
