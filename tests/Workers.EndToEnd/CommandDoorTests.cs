using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd;

/// <summary>Commands of all kinds at <c>/execute</c> and <c>/execute-async</c>: waits, repeats, problems.</summary>
public sealed class CommandDoorTests
{
    private readonly ApiClient _api = SharedProgram.Api;

    /// <summary>A body of each kind; <c>ID</c> is replaced by an id of the test's own.</summary>
    private static readonly (string Kind, string Type, string Body)[] Kinds =
    [
        ("user", "CreateUser", """{"type":"user","action":"create","user_id":"ID","data":{"name":"Ada Lovelace","email":"ada@example.com","age":36}}"""),
        ("order", "CreateOrder", """{"type":"CreateOrder","order_id":"ID","user_id":"ada","items":[{"product_id":"p","quantity":2,"price":9.5}]}"""),
        ("payment", "ProcessPayment", """{"payment_id":"ID","user_id":"ada","amount":99.99,"currency":"USD","payment_method":"credit_card","type":"payment"}"""),
        ("refund", "RefundPayment", """{"type":"refund","payment_id":"PAID","amount":5,"reason":"damaged"}"""),
        ("inventory", "AdjustInventory", """{"product_id":"STOCKED","action":"add","quantity":5,"reason":"delivery"}"""),
        ("notification", "SendNotification", """{"notification_id":"ID","user_id":"ada","channel":"email","title":"Hello","message":"Hello Ada","type":"welcome"}"""),
        ("audit", "RecordAudit", """{"type":"audit","entity_type":"door","entity_id":"ID","action":"opened","user_id":"ada","changes":{"open":true}}"""),
        ("system", "RunSystemAction", """{"type":"system","action":"ping"}"""),
    ];

    public static IEnumerable<TestCaseData> AllKinds() => Kinds.Select(kind => new TestCaseData(kind.Kind, kind.Type, kind.Body).SetArgDisplayNames(kind.Kind));

    [TestCaseSource(nameof(AllKinds))]
    public async Task A_command_of_each_kind_is_executed(string kind, string type, string body)
    {
        var done = await _api.ExecuteAsync(await ReadyAsync(body));

        done.Status.ShouldBeOneOf(200, 201);
        var command = await _api.GetAsync($"/api/v1/commands/{done.Header("X-Command-Id")}");
        command.Text("state").ShouldBe("SUCCEEDED");
        command.Text("type").ShouldBe(type);
        command.Text("kind").ShouldBe(kind);
        command.Json["result"]!.ToJsonString().ShouldBe(done.Json.ToJsonString());
    }

    [TestCaseSource(nameof(AllKinds))]
    public async Task A_command_of_each_kind_is_accepted_found_at_once_and_executed_later(string kind, string type, string body)
    {
        var accepted = await _api.ExecuteAsyncAsync(await ReadyAsync(body));

        accepted.Status.ShouldBe(202, accepted.ToString());
        accepted.Text("state").ShouldBe("QUEUED");
        accepted.Text("type").ShouldBe(type);
        accepted.Text("kind").ShouldBe(kind);
        accepted.Header("Retry-After").ShouldBe("1");
        (await _api.GetAsync(accepted.Header("Location")!)).Status.ShouldBe(200);
        var done = await _api.UntilAsync(accepted.Header("Location")!, command => command.Text("completed_at") is not null);
        done.Text("state").ShouldBe("SUCCEEDED");
        done.Text("id").ShouldBe(accepted.Text("id"));
    }

    [Test]
    public async Task A_payment_is_done_when_it_is_processed_and_new_only_at_its_own_door()
    {
        const string body = """{"user_id":"ada","amount":5,"currency":"USD","payment_method":"card"}""";
        var executed = await _api.ExecuteAsync(body);
        var posted = await _api.PostAsync("/api/v1/payments", body);

        (executed.Status, executed.Text("status")).ShouldBe((200, "PROCESSED"));
        (posted.Status, posted.Text("status")).ShouldBe((201, "PROCESSED"));
    }

    [Test]
    public async Task Prefer_respond_async_answers_202_at_once_and_says_so()
    {
        var accepted = await _api.PostAsync("/api/v1/products", Bodies.Product(Bodies.Id("product"), 1), ("Prefer", "respond-async"));

        accepted.Status.ShouldBe(202);
        accepted.Header("Preference-Applied").ShouldBe("respond-async");
        accepted.Header("Vary")!.ShouldContain("Prefer");
    }

    [Test]
    public async Task Prefer_wait_makes_an_async_door_wait()
    {
        var done = await _api.ExecuteAsyncAsync(Bodies.Adjust(await StockedAsync(), "add", 1, "one"), ("Prefer", "wait=20"));

        done.Status.ShouldBe(200, done.ToString());
        done.Header("Preference-Applied").ShouldBe("wait=20");
    }

    [Test]
    public async Task A_longer_wait_is_cut()
    {
        var done = await _api.ExecuteAsync(Bodies.Adjust(await StockedAsync(), "add", 1, "one"), ("Prefer", "wait=600"));

        done.Status.ShouldBe(200);
        done.Header("Preference-Applied").ShouldBe("wait=25");
    }

    [Test]
    public async Task A_repeated_command_id_gets_the_same_answer_and_nothing_happens_twice()
    {
        var product = await StockedAsync();
        var body = Bodies.Adjust(product, "add", 5, "delivery", Bodies.Id("command"));

        var first = await _api.ExecuteAsync(body);
        var repeats = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _api.ExecuteAsync(body)));

        first.Header("Idempotent-Replayed").ShouldBeNull();
        repeats.ShouldAllBe(repeat => repeat.Status == first.Status && repeat.Content == first.Content && repeat.Header("Idempotent-Replayed") == "true");
        (await _api.GetAsync($"/api/v1/products/{product}")).Number("stock").ShouldBe(105);
    }

    [Test]
    public async Task Many_repeats_at_once_are_one_command()
    {
        var product = await StockedAsync();
        var body = Bodies.Adjust(product, "add", 5, "delivery", Bodies.Id("command"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => _api.ExecuteAsync(body)));

        answers.ShouldAllBe(answer => answer.Status == 200);
        answers.Select(answer => answer.Content).Distinct().ShouldHaveSingleItem();
        answers.Count(answer => answer.Header("Idempotent-Replayed") is null).ShouldBe(1);
        (await _api.GetAsync($"/api/v1/products/{product}")).Number("stock").ShouldBe(105);
    }

    [Test]
    public async Task A_repeated_idempotency_key_gets_the_same_resource()
    {
        const string body = """{"customer_id":"ada","items":[{"product_id":"p","sku":"S","quantity":1,"unit_price":5}],"shipping_address":{"street":"1","city":"2","state":"3","zip":"4","country":"US"}}""";
        var key = ("Idempotency-Key", Bodies.Id("key"));

        var first = await _api.PostAsync("/api/v1/orders", body, key);
        var again = await _api.PostAsync("/api/v1/orders", body, key);

        first.Status.ShouldBe(201);
        again.Status.ShouldBe(201);
        again.Content.ShouldBe(first.Content);
        again.Header("Location").ShouldBe(first.Header("Location"));
        again.Header("Idempotent-Replayed").ShouldBe("true");
    }

    [Test]
    public async Task A_key_with_another_body_is_422()
    {
        var product = await StockedAsync();
        var id = Bodies.Id("command");
        (await _api.ExecuteAsync(Bodies.Adjust(product, "add", 5, "delivery", id))).Status.ShouldBe(200);

        var other = await _api.ExecuteAsync(Bodies.Adjust(product, "add", 6, "delivery", id));

        IsProblem(other, 422, "IDEMPOTENCY_KEY_REUSED");
        (await _api.GetAsync($"/api/v1/products/{product}")).Number("stock").ShouldBe(105);
    }

    [Test]
    public async Task A_refused_repeat_is_refused_again_in_the_same_words()
    {
        var body = Bodies.Adjust(await StockedAsync(), "remove", 500, "too many", Bodies.Id("command"));

        var first = await _api.ExecuteAsync(body);
        var again = await _api.ExecuteAsync(body);

        IsProblem(first, 400, "INSUFFICIENT_STOCK");
        again.Text("error").ShouldBe(first.Text("error"));
        again.Status.ShouldBe(400);
        again.Header("Idempotent-Replayed").ShouldBe("true");
    }

    [Test]
    public async Task A_declined_payment_is_a_problem_and_can_be_read()
    {
        var payment = Bodies.Id("payment");

        var declined = await _api.PostAsync(
            "/api/v1/payments", $$"""{"payment_id":"{{payment}}","user_id":"ada","amount":10.13,"currency":"USD","method":"card"}""");

        IsProblem(declined, 400, "PAYMENT_DECLINED");
        (await _api.GetAsync($"/api/v1/payments/{payment}")).Text("status").ShouldBe("FAILED");
    }

    [Test]
    public async Task Problems_say_what_is_wrong_with_which_field()
    {
        var problem = await _api.PostAsync("/api/v1/products", """{"price":-1}""");

        IsProblem(problem, 400, "VALIDATION");
        problem.Json["errors"]!["name"]!.AsArray().ShouldHaveSingleItem();
        problem.Json["errors"]!["price"]!.AsArray().ShouldHaveSingleItem();
        problem.Text("error").ShouldStartWith("Validation error: ");
        problem.Text("detail").ShouldBe(problem.Text("error"));
        problem.Text("trace_id").ShouldNotBeNullOrEmpty();
    }

    [TestCase("GET", "/api/v1/orders/nobody-has-this-one", 404, "Order not found")]
    [TestCase("GET", "/api/v1/commands/nobody-has-this-one", 404, "Command not found")]
    [TestCase("PUT", "/api/v1/orders/nobody-has-this-one/confirm", 404, "Order not found")]
    [TestCase("GET", "/api/v1/nothing", 404, null)]
    [TestCase("DELETE", "/api/v1/orders", 405, null)]
    public async Task What_is_not_there_is_a_problem(string method, string path, int status, string? error)
    {
        var problem = await _api.SendAsync(new HttpMethod(method), path, null);

        problem.Status.ShouldBe(status);
        problem.MediaType.ShouldBe("application/problem+json");
        (error is null || problem.Text("error") == error).ShouldBeTrue(problem.ToString());
    }

    internal static void IsProblem(Answer answer, int status, string code)
    {
        answer.Status.ShouldBe(status, answer.ToString());
        answer.MediaType.ShouldBe("application/problem+json");
        answer.Text("code").ShouldBe(code);
        answer.Json["status"]!.GetValue<int>().ShouldBe(status);
        answer.Text("title").ShouldNotBeNullOrEmpty();
    }

    private async Task<string> ReadyAsync(string body)
    {
        if (body.Contains("PAID", StringComparison.Ordinal))
        {
            var payment = Bodies.Id("payment");
            var paid = await _api.PostAsync("/api/v1/payments", $$"""{"payment_id":"{{payment}}","user_id":"ada","amount":50,"currency":"USD"}""");
            paid.Status.ShouldBe(201, paid.ToString());
            body = body.Replace("PAID", payment, StringComparison.Ordinal);
        }

        return body.Contains("STOCKED", StringComparison.Ordinal)
            ? body.Replace("STOCKED", await StockedAsync(), StringComparison.Ordinal)
            : body.Replace("\"ID\"", $"\"{Bodies.Id("own")}\"", StringComparison.Ordinal);
    }

    private async Task<string> StockedAsync()
    {
        var product = Bodies.Id("product");
        (await _api.PostAsync("/api/v1/products", Bodies.Product(product, 100))).Status.ShouldBe(201);
        return product;
    }
}
