using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd;

/// <summary>What can be read of commands: resource, timeline, list, audit; and how the program is.</summary>
public sealed class CommandReadTests
{
    private readonly string _product = Bodies.Id("product");
    private readonly ApiClient _api = SharedProgram.Api;

    [Test]
    public async Task What_was_written_is_read_at_once()
    {
        for (var stock = 1; stock <= 20; stock++)
        {
            var written = stock == 1
                ? await _api.PostAsync("/api/v1/products", Bodies.Product(_product, 1))
                : await _api.ExecuteAsync(Bodies.Adjust(_product, "add", 1, "one more"));
            written.Status.ShouldBeOneOf(200, 201);
            (await _api.GetAsync($"/api/v1/products/{_product}")).Number("stock").ShouldBe(stock);
        }
    }

    [Test]
    public async Task Letters_beyond_ASCII_stand_as_themselves_everywhere()
    {
        var user = Bodies.Id("user");
        var made = await _api.PostAsync("/api/v1/users", $$"""{"user_id":"{{user}}","name":"Zoë Åström 東京","email":"zoe@example.org"}""");

        (await _api.GetAsync($"/api/v1/users/{user}")).Content.ShouldContain("Zoë Åström 東京");
        (await _api.GetAsync($"/api/v1/commands/{made.Header("X-Command-Id")}")).Content.ShouldContain("Zoë Åström 東京");
        (await _api.UntilAsync($"/api/v1/users?user_id={user}", list => list.Items.Any())).Content.ShouldContain("Zoë Åström 東京");
    }

    [Test]
    public async Task A_timeline_tells_what_happened_as_a_list_and_as_a_stream_that_ends()
    {
        var id = (await CreatedAsync()).Header("X-Command-Id");

        var list = await _api.GetAsync($"/api/v1/commands/{id}/events");
        var stream = await _api.GetAsync($"/api/v1/commands/{id}/events", ("Accept", "text/event-stream"));

        list.Items.Select(entry => entry["state"]!.ToString()).ShouldBe(["QUEUED", "RUNNING", "SUCCEEDED"]);
        stream.MediaType.ShouldBe("text/event-stream");
        Events(stream).ShouldBe(["queued", "running", "succeeded"]);
    }

    [Test]
    public async Task A_stream_goes_on_where_the_reader_stopped()
    {
        var id = (await CreatedAsync()).Header("X-Command-Id");

        var rest = await _api.GetAsync($"/api/v1/commands/{id}/events", ("Accept", "text/event-stream"), ("Last-Event-ID", "running"));

        Events(rest).ShouldBe(["succeeded"]);
    }

    [Test]
    public async Task A_stream_that_is_opened_before_the_command_ran_ends_with_it()
    {
        await CreatedAsync();
        var accepted = await _api.ExecuteAsyncAsync(Bodies.Adjust(_product, "add", 1, "one more"));

        var stream = await _api.GetAsync(accepted.Header("Location")!.Replace("?at=", "/events?at=", StringComparison.Ordinal), ("Accept", "text/event-stream"));

        Events(stream).ShouldContain("queued");
        Events(stream)[^1].ShouldBe("succeeded");
    }

    [Test]
    public async Task A_command_is_found_by_its_own_id_and_by_the_callers()
    {
        await CreatedAsync();
        var said = Bodies.Id("command");
        var done = await _api.ExecuteAsync(Bodies.Adjust(_product, "add", 1, "one more", said));

        var own = await _api.GetAsync($"/api/v1/commands/{done.Header("X-Command-Id")}");
        var callers = await _api.GetAsync($"/api/v1/commands/{said}");

        callers.Text("id").ShouldBe(own.Text("id"));
        callers.Text("command_id").ShouldBe(said);
        callers.Json["data"]!["reason"]!.ToString().ShouldBe("one more");
        callers.Json["links"]!["self"]!.ToString().ShouldBe($"/api/v1/commands/{own.Text("id")}");
    }

    [Test]
    public async Task The_list_filters_and_pages_through_all_of_them_once()
    {
        await CreatedAsync();
        for (var n = 1; n <= 7; n++)
        {
            (await _api.ExecuteAsync(Bodies.Adjust(_product, n < 6 ? "add" : "remove", n < 6 ? 1 : 9999, $"{n}"))).Status.ShouldBeOneOf(200, 400);
        }

        await _api.UntilAsync($"/api/v1/commands?key={_product}&type=AdjustInventory&state=FAILED", list => list.Items.Count() == 2);
        await _api.UntilAsync($"/api/v1/commands?key={_product}&type=AdjustInventory&state=SUCCEEDED", list => list.Items.Count() == 5);
        var reasons = new List<string>();
        string? cursor = null;
        do
        {
            var page = await _api.GetAsync($"/api/v1/commands?key={_product}&type=AdjustInventory&limit=3{(cursor is null ? "" : $"&cursor={cursor}")}");
            page.Items.Count().ShouldBeLessThanOrEqualTo(3);
            reasons.AddRange(page.Items.Select(command => command["data"]!["reason"]!.ToString()));
            cursor = page.Text("next_cursor");
        }
        while (cursor is not null);

        reasons.ShouldBe(["7", "6", "5", "4", "3", "2", "1"]);
    }

    [Test]
    public async Task The_audit_is_found_by_kind_too()
    {
        var id = (await CreatedAsync()).Header("X-Command-Id");

        await _api.UntilAsync($"/api/v1/commands/audit/type/inventory?command_id={id}", list => list.Items.Any(entry => entry["type"]!.ToString() == "CreateProduct"));
    }

    [Test]
    public async Task An_order_is_read_as_it_was()
    {
        var order = Bodies.Id("order");
        await CreatedAsync();
        await _api.PostAsync("/api/v1/orders", Bodies.Order(order, _product, 2.5m));
        await _api.UntilAsync($"/api/v1/orders/{order}", now => now.Text("status") == "CONFIRMED");

        var was = await _api.GetAsync($"/api/v1/orders/{order}?version=1");

        was.Text("status").ShouldBe("CREATED");
        was.Number("version").ShouldBe(1);
        (await _api.GetAsync($"/api/v1/orders/{order}?version=2")).Text("status").ShouldBe("CONFIRMED");
        (await _api.GetAsync($"/api/v1/orders/{order}?version=3")).Status.ShouldBe(404);
    }

    [TestCase("limit=0")]
    [TestCase("limit=1001")]
    [TestCase("limit=many")]
    [TestCase("cursor=%00")]
    [TestCase("kind=nonsense")]
    [TestCase("state=nonsense")]
    [TestCase("from=yesterday")]
    [TestCase("from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z")]
    public async Task A_list_that_cannot_be_asked_for_is_400(string query) =>
        CommandDoorTests.IsProblem(await _api.GetAsync($"/api/v1/commands?{query}"), 400, "VALIDATION");

    [Test]
    public async Task The_audit_has_the_command_its_events_and_its_outcome()
    {
        var id = (await CreatedAsync()).Header("X-Command-Id");

        var audit = await _api.UntilAsync($"/api/v1/commands/audit?command_id={id}", list => list.Items.Count() >= 2);

        audit.Items.Select(entry => entry["action"]!.ToString()).Order().ShouldBe(["create", "created"]);
        audit.Items.Single(entry => entry["action"]!.ToString() == "created")["outcome"]!.ToString().ShouldBe("SUCCEEDED");
        var asked = audit.Items.Single(entry => entry["action"]!.ToString() == "create");
        asked["id"]!.ToString().ShouldBe(id);
        asked["type"]!.ToString().ShouldBe("CreateProduct");
        asked["entity_id"]!.ToString().ShouldBe(_product);
        asked["ip_address"]!.ToString().ShouldBe("127.0.0.1");
        (await _api.GetAsync($"/api/v1/commands/audit/{id}")).Text("hash").ShouldBe(asked["hash"]!.ToString());
    }

    [Test]
    public async Task A_refusal_is_audited_too()
    {
        await CreatedAsync();
        var refused = await _api.ExecuteAsync(Bodies.Adjust(_product, "remove", 500, "too many"));

        var audit = await _api.UntilAsync($"/api/v1/commands/audit?command_id={refused.Header("X-Command-Id")}", list => list.Items.Count() >= 2);

        audit.Items.Single(entry => entry["action"]!.ToString() == "outcome")["outcome"]!.ToString().ShouldBe("FAILED");
    }

    [Test]
    public async Task A_key_that_nothing_went_wrong_with_has_no_dead_letters()
    {
        var key = Bodies.Id("well");
        var letters = await _api.GetAsync($"/api/v1/commands/dead-letters?key={key}");

        letters.Items.ShouldBeEmpty();
        letters.Number("total").ShouldBe(0);
        (await _api.GetAsync($"/api/v1/commands/dead-letters/groups?key={key}")).Items.ShouldBeEmpty();
    }

    [TestCase("/health")]
    [TestCase("/health/live")]
    [TestCase("/health/ready")]
    [TestCase("/health/startup")]
    public async Task It_says_that_it_is_healthy(string path)
    {
        var health = await _api.GetAsync(path);

        health.Status.ShouldBe(200);
        health.Text("status").ShouldBe("healthy");
        health.Text("service").ShouldBe("command-service");
        health.Text("version").ShouldNotBeNullOrEmpty();
    }

    private async Task<Answer> CreatedAsync()
    {
        var created = await _api.PostAsync("/api/v1/products", Bodies.Product(_product, 1));
        created.Status.ShouldBe(201, created.ToString());
        return created;
    }

    private static List<string> Events(Answer stream) =>
        [.. stream.Content.Split('\n').Where(line => line.StartsWith("event: ", StringComparison.Ordinal)).Select(line => line[7..])];
}
