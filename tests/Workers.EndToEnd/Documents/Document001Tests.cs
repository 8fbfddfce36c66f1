using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Documents;

/// <summary>Document 001, the CQRS service: its examples as printed and in their order, then the rules of each endpoint.</summary>
public sealed class Document001Tests
{
    private const string Cqrs = "/api/v1/cqrs";
    private const string Commands = Cqrs + "/commands";
    private const string Queries = Cqrs + "/queries";
    private const string Events = Cqrs + "/events";
    private const string Models = Cqrs + "/read-models";
    private static readonly string[] s_types =
        ["CreateUser", "UpdateUser", "DeleteUser", "CreateOrder", "UpdateOrder", "CancelOrder", "ProcessPayment", "RefundPayment"];

    private readonly ApiClient _api = SharedProgram.Api;

    [Test]
    public async Task The_printed_examples_do_what_they_say_in_their_order()
    {
        var sent = await _api.PostAsync(Commands, """
            {
                "type": "CreateUser",
                "data": {
                  "name": "John Doe",
                  "email": "john@example.com",
                  "age": 30
                }
              }
            """);
        (sent.Status, sent.Text("type"), sent.Text("status"), sent.Json["data"]!["data"]!["name"]!.ToString()).ShouldBe((202, "CreateUser", "QUEUED", "John Doe"));
        sent.Text("id").ShouldBe(sent.Text("command_id"));
        (await _api.GetAsync(sent.Header("Location")!)).Status.ShouldBe(200);

        const string query = """
            {
                "type": "GetUser",
                "data": {
                  "id": "user-123"
                }
              }
            """;
        var missing = await _api.PostAsync(Queries, query);
        (missing.Status, missing.Text("error")).ShouldBe((404, "User not found"));
        (await _api.GetAsync($"{Queries}/{missing.Text("query_id")}")).ShouldSatisfyAllConditions(
            a => a.Status.ShouldBe(200), a => a.Text("status").ShouldBe("NOT_FOUND"), a => a.Text("error").ShouldBe("User not found"));

        var posted = await _api.PostAsync(Events, """
            {
                "type": "UserCreated",
                "data": {
                  "user_id": "user-123",
                  "name": "John Doe",
                  "email": "john@example.com",
                  "created_at": "2023-01-01T00:00:00Z"
                }
              }
            """);
        (posted.Status, posted.Text("type"), posted.Text("aggregate_id"), posted.Text("origin")).ShouldBe((201, "UserCreated", "user-123", "external"));
        var found = await _api.PostAsync(Queries, query);
        (found.Status, found.Text("status"), found.Json["result"]!["name"]!.ToString()).ShouldBe((200, "COMPLETED", "John Doe"));
        (await _api.GetAsync("/api/v1/users/user-123")).Status.ShouldBe(404);

        var saved = await _api.PostAsync(Models, """
            {
                "type": "UserReadModel",
                "data": {
                  "id": "user-123",
                  "name": "John Doe",
                  "email": "john@example.com",
                  "age": 30,
                  "created_at": "2023-01-01T00:00:00Z",
                  "updated_at": "2023-01-01T00:00:00Z"
                }
              }
            """);
        (saved.Status, saved.Text("id"), saved.Number("version"), saved.Header("Location")).ShouldBe((201, "user-123", 1, $"{Models}/user-123?type=UserReadModel"));
        (await _api.PostAsync(Queries, query)).Json["result"]!["age"]!.ToString().ShouldBe("30");
    }

    [Test]
    public async Task A_command_is_answered_at_once_or_when_it_is_done_and_is_the_same_at_every_door()
    {
        var (id, key) = (Bodies.Id("user"), Bodies.Id("cqrs"));
        var body = $$"""{"type":"CreateUser","command_id":"{{key}}","data":{"user_id":"{{id}}","name":"Ada Lovelace","email":"ada@example.org","age":36} }""";

        var done = await _api.PostAsync(Commands, body, ("Prefer", "wait=20"));
        var repeat = await _api.ExecuteAsync(body);

        (done.Status, done.Text("user_id"), done.Header("Preference-Applied")).ShouldBe((201, id, "wait=20"));
        (repeat.Status, repeat.Content, repeat.Header("Idempotent-Replayed")).ShouldBe((201, done.Content, "true"));
        var one = await _api.GetAsync($"{Commands}/{key}");
        (one.Text("state"), one.Text("status"), one.Text("command_id")).ShouldBe(("SUCCEEDED", "SUCCEEDED", key));
        await _api.UntilAsync($"{Commands}?limit=1000", list => list.Items.Any(item => $"{item["command_id"]}" == key && $"{item["status"]}" == "SUCCEEDED"));
        (await _api.GetAsync($"{Commands}?key={id}")).Items.ShouldHaveSingleItem();
        (await _api.GetAsync($"{Commands}/nobody")).Text("error").ShouldBe("Command not found");
    }

    [Test]
    public async Task Only_the_supported_types_are_sent_and_an_error_names_them()
    {
        var refused = await _api.PostAsync(Commands, """{"type":"ConfirmOrder","data":{"order_id":"o1"}}""");

        (refused.Status, refused.Text("code")).ShouldBe((400, "UNKNOWN_TYPE"));
        refused.Json["candidates"]!.AsArray().Select(type => $"{type}").Take(s_types.Length).ShouldBe(s_types);
        (await Refused(Queries, """{"type":"GetWeather","data":{}}""")).ShouldContain("supported are GetUser, ListUsers");
        (await Refused(Events, """{"type":"QueuePaused","data":{}}""")).ShouldContain("supported are UserCreated, UserUpdated");
        (await Refused(Models, """{"type":"Weather","data":{}}""")).ShouldContain("supported are UserReadModel, OrderReadModel");
    }

    [TestCase("""{"type":"CreateUser","data":{"name":"A","email":"nonsense","age":17}}""",
        "name must be between 2 and 100 characters; email must be a valid e-mail address; age must be between 18 and 120")]
    [TestCase("""{"type":"CreateUser","data":{"name":"Ada","email":"ada@example.org"}}""", "age is required")]
    [TestCase("""{"type":"UpdateUser","data":{"user_id":"ada","age":121}}""", "age must be between 18 and 120")]
    [TestCase("""{"type":"CreateOrder","data":{"user_id":"ada","amount":5,"currency":"USD"}}""", "user_id must be a UUID")]
    [TestCase("""{"type":"CreateOrder","data":{"user_id":"550e8400-e29b-41d4-a716-446655440000","amount":0.001,"currency":"USD"}}""", "amount must be at least 0.01")]
    [TestCase("""{"type":"CreateOrder","data":{"user_id":"550e8400-e29b-41d4-a716-446655440000","amount":5,"currency":"CHF"}}""", "currency must be one of")]
    [TestCase("""{"type":"ProcessPayment","data":{"user_id":"ada","amount":5,"currency":"USD","method":"cash","order_id":"550e8400-e29b-41d4-a716-446655440000"}}""", "method")]
    [TestCase("""{"type":"ProcessPayment","data":{"user_id":"ada","amount":5,"currency":"USD"}}""", "order_id is required")]
    public async Task A_command_that_breaks_a_rule_is_refused_with_its_sentences(string body, string sentence) => (await Refused(Commands, body)).ShouldContain(sentence);

    [Test]
    public async Task Queries_answer_one_many_and_what_belongs_together()
    {
        var (user, order, payment) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString(), Bodies.Id("payment"));
        await Send($$"""{"type":"CreateUser","data":{"user_id":"{{user}}","name":"Query {{user}}","email":"{{user}}@example.org","age":40} }""", 201);
        await Send($$"""{"type":"CreateOrder","data":{"order_id":"{{order}}","user_id":"{{user}}","amount":12.5,"currency":"EUR"} }""", 201);
        await Send($$"""{"type":"ProcessPayment","data":{"payment_id":"{{payment}}","user_id":"{{user}}","order_id":"{{order}}","amount":12.5,"currency":"EUR","method":"upi"} }""", 200);

        var first = await Ask("GetUser", $$"""{"id":"{{user}}"}""");
        (first.Status, first.Json["result"]!["email"]!.ToString()).ShouldBe((200, $"{user}@example.org"));
        var second = await _api.UntilAsync($"{Queries}/{(await Ask("GetUser", $$"""{"user_id":"{{user}}"}""")).Text("query_id")}", answer => answer.Status == 200);
        (second.Text("cached"), second.Json["result"]!.ToJsonString()).ShouldBe(("true", first.Json["result"]!.ToJsonString()));
        (await Ask("GetOrder", $$"""{"id":"{{order}}"}""")).Json["result"]!["currency"]!.ToString().ShouldBe("EUR");
        (await Ask("GetPayment", $$"""{"id":"{{payment}}"}""")).Json["result"]!["status"]!.ToString().ShouldBe("PROCESSED");

        await _api.UntilAsync($"/api/v1/payments?order_id={order}&status=PROCESSED", list => list.Number("total") == 1);
        await _api.UntilAsync($"/api/v1/orders/user/{user}", list => list.Number("total") == 1);
        await _api.UntilAsync($"/api/v1/users?email={user}@example.org", list => list.Number("total") == 1);
        var listed = await Ask("ListUsers", $$"""{"limit":5,"offset":0,"filters":{"email":"{{user}}@example.org"} }""");
        (listed.Json["result"]!["total"]!.ToString(), listed.Json["result"]!["items"]![0]!["user_id"]!.ToString()).ShouldBe(("1", user));
        (await Ask("ListOrders", $$"""{"filters":{"user_id":"{{user}}"} }""")).Json["result"]!["total"]!.ToString().ShouldBe("1");
        (await Ask("ListPayments", $$"""{"filters":{"user_id":"{{user}}"} }""")).Json["result"]!["total"]!.ToString().ShouldBe("1");
        (await Ask("GetUserOrders", $$"""{"user_id":"{{user}}"}""")).Json["result"]!["totals"]!.ToJsonString().ShouldBe("""[{"currency":"EUR","count":1,"amount":12.5}]""");
        (await Ask("GetOrderPayments", $$"""{"order_id":"{{order}}"}""")).Json["result"]!["payments"]![0]!["payment_id"]!.ToString().ShouldBe(payment);
        (await Ask("GetUserOrders", $$"""{"user_id":"{{Bodies.Id("nobody")}}"}""")).Json["result"]!["orders"]!.AsArray().ShouldBeEmpty();

        var derived = await _api.GetAsync($"{Models}/{user}?type=UserOrderReadModel");
        (derived.Status, derived.Json["data"]!["orders"]!.AsArray().Count).ShouldBe((200, 1));
        (await _api.GetAsync($"{Models}/{order}?type=OrderPaymentReadModel")).Json["data"]!["total"]!.ToString().ShouldBe("1");
    }

    [Test]
    public async Task Queries_are_kept_by_their_id_and_listed_and_wrong_ones_are_refused()
    {
        var id = Bodies.Id("query");
        (await _api.PostAsync(Queries, $$"""{"type":"ListOrders","query_id":"{{id}}","data":{"limit":1} }""")).Text("query_id").ShouldBe(id);
        var kept = await _api.GetAsync($"{Queries}/{id}");
        (kept.Text("id"), kept.Text("status"), kept.Json["data"]!.ToJsonString(), kept.Text("cached")).ShouldBe((id, "COMPLETED", """{"limit":1}""", "false"));
        kept.Json.Select(member => member.Key).ShouldBe(["query_id", "id", "type", "status", "result", "duration_ms", "cached", "data", "asked_at"]);
        (await _api.AllAsync($"{Queries}?type=ListOrders")).Select(item => $"{item["query_id"]}").ShouldContain(id);
        (await _api.AllAsync($"{Queries}?type=ListOrders&status=FAILED")).ShouldBeEmpty();

        (await Refused(Queries, """{"type":"GetUser"}""")).ShouldBe("Validation error: id is required");
        (await Refused(Queries, """{"type":"GetUser","data":{"id":"a/b"}}""")).ShouldContain("data.id must be 1 to 128 printable characters");
        (await Refused(Queries, """{"type":"ListUsers","data":{"limit":1001}}""")).ShouldContain("limit must be a whole number from 1 to 1000");
        (await Refused(Queries, """{"type":"ListUsers","data":{"filters":{"colour":"red"}}}""")).ShouldContain("filters.colour is not known");
        (await Refused(Queries, """{"type":"ListUsers","data":{"colour":"red"}}""")).ShouldContain("data.colour is not known");
        (await Refused(Queries, """{"type":"ListUsers","data":[]}""")).ShouldContain("data must be an object");
        (await Refused(Queries, """{"data":{}}""")).ShouldContain("type is required");
        (await _api.GetAsync($"{Queries}/{Bodies.Id("nothing")}")).Text("error").ShouldBe("Query not found");
        (await _api.GetAsync($"{Queries}?limit=1001")).Status.ShouldBe(400);
    }

    [Test]
    public async Task A_posted_event_reaches_feeds_lists_and_the_WebSocket_and_never_the_write_model()
    {
        var user = Bodies.Id("user");
        var feed = (await _api.GetAsync("/api/v1/feeds/cqrs-events?after=latest")).Text("next");
        using var client = await LiveClient.ConnectAsync(_api.Address, $"user_id={user}");
        await client.SubscribeAsync("\"event\"");
        await Send($$"""{"type":"CreateUser","data":{"user_id":"{{user}}","name":"Before","email":"a@example.org","age":30} }""", 201);

        var posted = await _api.PostAsync(Events, $$"""{"type":"UserUpdated","data":{"user_id":"{{user}}","name":"After"} }""", ("Idempotency-Key", user));
        var repeat = await _api.PostAsync(Events, $$"""{"type":"UserUpdated","data":{"name":"After","user_id":"{{user}}"} }""", ("Idempotency-Key", user));

        (repeat.Status, repeat.Content, repeat.Header("Idempotent-Replayed")).ShouldBe((201, posted.Content, "true"));
        var frame = (await client.UntilAsync(frame => LiveClient.Event(frame) == "event"))[^1];
        (frame["type"]!.ToString(), frame["data"]!["name"]!.ToString()).ShouldBe(("UserUpdated", "After"));
        var one = await _api.GetAsync(posted.Header("Location")!);
        (one.Text("event_id"), one.Text("origin"), one.Text("user_id"), one.Json["data"]!["name"]!.ToString()).ShouldBe((posted.Text("event_id"), "external", user, "After"));
        var listed = await _api.GetAsync($"{Events}?aggregate_id={user}");
        listed.Items.Select(item => $"{item["type"]} {item["origin"]}").ShouldBe(["UserUpdated external", "UserCreated "]);
        (await _api.GetAsync($"{Events}?aggregate_id={user}&type=UserCreated")).Items.ShouldHaveSingleItem()["version"]!.ToString().ShouldBe("1");
        await _api.UntilAsync($"/api/v1/feeds/cqrs-events?limit=1000&after={feed}", told => told.Items.Any(item => $"{item["subject"]} {item["origin"]}" == $"{user} external"));

        (await _api.GetAsync($"/api/v1/users/{user}")).Text("name").ShouldBe("Before");
        (await Ask("GetUser", $$"""{"id":"{{user}}"}""")).Json["result"]!["name"]!.ToString().ShouldBe("After");
        (await _api.GetAsync($"{Events}/{Guid.NewGuid()}")).Text("error").ShouldBe("Event not found");
        (await Refused(Events, """{"type":"UserCreated"}""")).ShouldContain("data is required");
        (await Refused(Events, """{"type":"UserCreated","data":{},"aggregate_id":"a/b"}""")).ShouldContain("aggregate_id must be");
        (await Refused(Events, """{"type":"UserCreated","data":{},"colour":"red"}""")).ShouldContain("colour is not known");
    }

    [Test]
    public async Task Read_models_are_known_by_type_and_id_and_a_projected_one_is_overwritten_only_by_a_higher_version()
    {
        var id = Bodies.Id("model");
        (await Save(id, "UserReadModel", "first")).ShouldSatisfyAllConditions(a => a.Status.ShouldBe(201), a => a.Number("version").ShouldBe(1));
        (await Save(id, "UserReadModel", "second")).ShouldSatisfyAllConditions(a => a.Status.ShouldBe(200), a => a.Number("version").ShouldBe(2));
        (await Save(id, "OrderReadModel", "beside", ",\"version\":7")).Number("version").ShouldBe(7);
        (await _api.GetAsync($"{Models}/{id}")).Json["data"]!["name"]!.ToString().ShouldBe("second");
        (await _api.GetAsync($"{Models}/{id}?type=OrderReadModel")).Json["data"]!["name"]!.ToString().ShouldBe("beside");
        (await Save(id, "OrderReadModel", "old", ",\"version\":6")).ShouldSatisfyAllConditions(a => a.Status.ShouldBe(409), a => a.Text("code").ShouldBe("VERSION_CONFLICT"));
        (await _api.PostAsync(Models, """{"type":"UserReadModel","data":{"name":"nobody's"}}""")).ShouldSatisfyAllConditions(
            a => a.Status.ShouldBe(201), a => Guid.TryParse(a.Text("id"), out _).ShouldBeTrue());

        var user = Bodies.Id("user");
        await Send($$"""{"type":"CreateUser","data":{"user_id":"{{user}}","name":"Projected","email":"a@example.org","age":30} }""", 201);
        await _api.UntilAsync($"{Models}/{user}?type=UserReadModel", answer => answer.Status == 200);
        (await Save(user, "UserReadModel", "same", ",\"version\":1")).Status.ShouldBe(409);
        (await Save(user, "UserReadModel", "over", ",\"version\":2")).Status.ShouldBe(200);
        (await _api.GetAsync($"{Models}/{user}")).Json["data"]!["name"]!.ToString().ShouldBe("over");
        (await _api.PutAsync($"/api/v1/users/{user}", """{"name":"Second"}""")).Status.ShouldBe(200);
        await _api.UntilAsync($"{Models}/{user}", answer => answer.Json["data"]!["name"]!.ToString() == "Second");

        (await _api.DeleteAsync($"{Models}/{id}?type=OrderReadModel")).Status.ShouldBe(204);
        (await _api.GetAsync($"{Models}/{id}?type=OrderReadModel")).Text("error").ShouldBe("Read model not found");
        (await _api.DeleteAsync($"{Models}/{id}?type=OrderReadModel")).Status.ShouldBe(404);
        (await _api.GetAsync($"{Models}/{id}")).Status.ShouldBe(200);
    }

    [Test]
    public async Task Read_models_are_listed_in_pages_those_that_were_saved_among_those_that_events_make()
    {
        var ids = new List<string>();
        for (var n = 0; n < 3; n++)
        {
            ids.Add(Bodies.Id("listed"));
            await Save(ids[^1], "PaymentReadModel", "saved");
            ids.Add(Bodies.Id("payment"));
            (await _api.PostAsync("/api/v1/payments", $$"""{"payment_id":"{{ids[^1]}}","user_id":"u","amount":1,"currency":"USD"}""")).Status.ShouldBe(201);
            await _api.UntilAsync($"{Models}/{ids[^1]}?type=PaymentReadModel", answer => answer.Status == 200);
        }

        await _api.DeleteAsync($"{Models}/{ids[0]}");
        ids.Reverse();
        var (found, cursor) = (new List<string>(), "");
        while (!ids.Take(5).All(found.Contains))
        {
            var page = await _api.GetAsync($"{Models}?type=PaymentReadModel&limit=1{cursor}");
            found.AddRange(page.Items.Select(item => $"{item["id"]}"));
            cursor = $"&cursor={page.Text("next_cursor")}";
        }

        found.Where(ids.Contains).ShouldBe(ids.Take(5));
        (await _api.GetAsync($"{Models}?limit=2")).Items.Count().ShouldBe(2);
        (await _api.GetAsync($"{Models}?type=Nothing")).Items.ShouldBeEmpty();
        (await _api.GetAsync($"{Models}?colour=red")).Status.ShouldBe(400);
        (await Refused(Models, """{"type":"UserReadModel"}""")).ShouldContain("data is required");
        (await Refused(Models, """{"type":"UserReadModel","id":"a","data":{"id":"b"}}""")).ShouldContain("id must be data.id");
        (await Refused(Models, """{"type":"UserReadModel","data":{"id":"a"},"version":0}""")).ShouldContain("version must be");
    }

    [Test]
    public async Task Figures_health_and_cleaning_answer_as_the_document_lists_them()
    {
        var stats = await _api.GetAsync($"{Cqrs}/stats");
        stats.Json.Select(member => member.Key).ShouldBe(
        [
            "service", "version", "description", "environment", "region", "team", "project", "uptime_seconds", "commands", "queries", "events", "read_models", "handlers",
            "websocket",
        ]);
        (stats.Text("service"), stats.Text("environment"), stats.Text("project")).ShouldBe(("CQRS Service", "development", "cqrs-service"));
        stats.Json["commands"]!.AsObject().Select(member => member.Key).ShouldBe(["total", "pending", "succeeded", "failed"]);

        var health = await _api.GetAsync($"{Cqrs}/health");
        (health.Status, health.Text("service")).ShouldBe((200, "CQRS Service"));
        health.Json["components"]!.AsObject().ShouldNotBeEmpty();
        health.Json["components"]!.AsObject().ShouldAllBe(part => part.Value!["status"] != null && part.Value["latency_ms"] != null);

        var cleaned = await _api.PostAsync($"{Cqrs}/cleanup", "");
        cleaned.Status.ShouldBe(200);
        cleaned.Json["removed"]!.AsObject().Select(member => member.Key).ShouldBe(["commands", "queries", "events", "read_models"]);
        cleaned.Number("duration_ms").ShouldBeGreaterThanOrEqualTo(0);
    }

    private Task<Answer> Ask(string type, string data) => _api.PostAsync(Queries, $$"""{"type":"{{type}}","data":{{data}}}""");

    private Task<Answer> Save(string id, string type, string name, string more = "") =>
        _api.PostAsync(Models, $$"""{"type":"{{type}}","data":{"id":"{{id}}","name":"{{name}}"}{{more}}}""");

    private async Task Send(string body, int status)
    {
        var answer = await _api.PostAsync(Commands, body, ("Prefer", "wait=25"));
        answer.Status.ShouldBe(status, answer.ToString());
    }

    private async Task<string> Refused(string path, string body)
    {
        var answer = await _api.PostAsync(path, body);
        (answer.Status, answer.MediaType).ShouldBe((400, "application/problem+json"), answer.ToString());
        return answer.Text("error")!;
    }
}
