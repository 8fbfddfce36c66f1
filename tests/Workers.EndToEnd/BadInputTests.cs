using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd;

/// <summary>What no door can use is refused as a problem, and the program goes on.</summary>
public sealed class BadInputTests
{
    private const string Execute = "/api/v1/commands/execute";
    private readonly ApiClient _api = SharedProgram.Api;

    private static readonly string[] Doors = [Execute, "/api/v1/commands/execute-async", "/api/v1/orders", "/api/v1/products", "/api/v1/users", "/api/v1/payments"];

    private static readonly (string Name, byte[] Body)[] Bad =
    [
        ("cut off", "{\"type\":\"CreateProduct\",\"name\":\"La"u8.ToArray()),
        ("no JSON", "name=Laptop&price=1"u8.ToArray()),
        ("empty", []),
        ("blank", " \n "u8.ToArray()),
        ("null", "null"u8.ToArray()),
        ("a number", "42"u8.ToArray()),
        ("a text", "\"CreateProduct\""u8.ToArray()),
        ("an array", "[{}]"u8.ToArray()),
        ("an empty object", "{}"u8.ToArray()),
        ("more behind it", "{\"type\":\"system\",\"action\":\"ping\"}{}"u8.ToArray()),
        ("a comment", "{/* hello */\"type\":\"system\",\"action\":\"ping\"}"u8.ToArray()),
        ("not UTF-8", [.. "{\"type\":\"system\",\"action\":\""u8, 0xff, 0xfe, .. "\"}"u8]),
        ("half a surrogate pair", "{\"type\":\"system\",\"action\":\"\\ud800\"}"u8.ToArray()),
        ("a member twice", "{\"type\":\"system\",\"action\":\"ping\",\"action\":\"ping\"}"u8.ToArray()),
        ("10,000 deep", Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 10_000) + new string(']', 10_000) + "}")),
        ("10,000 deep metadata", Encoding.UTF8.GetBytes(
            "{\"type\":\"system\",\"action\":\"ping\",\"parameters\":" + string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000) + "}")),
        ("a NUL", "{\"type\":\"system\",\"action\":\"pi\0ng\"}"u8.ToArray()),
        ("an unknown type", "{\"type\":\"MakeCoffee\",\"cups\":2}"u8.ToArray()),
        ("an internal type", "{\"type\":\"RecordCharge\",\"payment_id\":\"p\",\"effect_id\":\"e\",\"approved\":true}"u8.ToArray()),
        ("a type that is no text", "{\"type\":{\"name\":\"CreateProduct\"}}"u8.ToArray()),
        ("unknown members", "{\"type\":\"system\",\"action\":\"ping\",\"cups\":2}"u8.ToArray()),
        ("numbers as texts", "{\"type\":\"AdjustInventory\",\"product_id\":\"p\",\"action\":\"add\",\"quantity\":{}}"u8.ToArray()),
        ("a number too large", "{\"type\":\"AdjustInventory\",\"product_id\":\"p\",\"action\":\"add\",\"quantity\":1e400}"u8.ToArray()),
        ("a negative quantity", "{\"type\":\"AdjustInventory\",\"product_id\":\"p\",\"action\":\"add\",\"quantity\":-1}"u8.ToArray()),
        ("a fraction of a cent", "{\"type\":\"ProcessPayment\",\"user_id\":\"u\",\"amount\":0.001,\"currency\":\"USD\"}"u8.ToArray()),
        ("an id with a slash", "{\"type\":\"AdjustInventory\",\"product_id\":\"a/b\",\"action\":\"add\",\"quantity\":1}"u8.ToArray()),
        ("an id too long", Encoding.UTF8.GetBytes($"{{\"type\":\"AdjustInventory\",\"product_id\":\"{new string('x', 129)}\",\"action\":\"add\",\"quantity\":1}}")),
        ("a command_id that is none", "{\"type\":\"system\",\"action\":\"ping\",\"command_id\":\"a/b\"}"u8.ToArray()),
    ];

    public static IEnumerable<TestCaseData> AtEachDoor() =>
        from bad in Bad from door in Doors select new TestCaseData(door, bad.Body).SetArgDisplayNames(door, bad.Name);

    [TestCaseSource(nameof(AtEachDoor))]
    public async Task What_cannot_be_read_is_a_400(string door, byte[] body)
    {
        var refused = await _api.SendAsync(HttpMethod.Post, door, body, "application/json");

        await IsRefusedAsync(refused, 400);
    }

    [Test]
    public async Task Unknown_members_are_named()
    {
        var refused = await _api.PostAsync("/api/v1/products", """{"name":"Laptop","price":1,"colour":"grey"}""");

        await IsRefusedAsync(refused, 400);
        refused.Json["errors"]!["colour"].ShouldNotBeNull();
    }

    [Test]
    public async Task An_unknown_type_is_answered_with_those_there_are()
    {
        var refused = await _api.ExecuteAsync("""{"type":"MakeCoffee"}""");

        await IsRefusedAsync(refused, 400);
        refused.Json["candidates"]!.AsArray().Select(name => name!.ToString()).ShouldContain("CreateOrder");
    }

    [TestCase((1 << 20) + 1)]
    [TestCase(5 << 20)]
    public async Task More_than_a_mebibyte_is_413(int length)
    {
        var answers = new List<Answer>();
        foreach (var door in Doors)
        {
            if (await TooLargeAsync(door, new string('x', length)) is { } refused)
            {
                answers.Add(refused);
            }
        }

        answers.ShouldNotBeEmpty();
        foreach (var refused in answers)
        {
            await IsRefusedAsync(refused, 413);
            refused.Header("Connection").ShouldBe("close");
        }

        (await _api.GetAsync("/health")).Status.ShouldBe(200);
    }

    [Test]
    public async Task A_mebibyte_is_read()
    {
        const string start = "{\"type\":\"system\",\"action\":\"ping\",\"parameters\":{\"a\":\"";
        var body = start + new string('x', (1 << 20) - start.Length - 3) + "\"}}";

        (await _api.ExecuteAsync(body)).Status.ShouldBe(200);
    }

    [TestCase("text/plain")]
    [TestCase("application/xml")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("multipart/form-data; boundary=x")]
    public async Task What_is_not_said_to_be_JSON_is_415(string mediaType)
    {
        foreach (var door in Doors)
        {
            await IsRefusedAsync(await _api.SendAsync(HttpMethod.Post, door, """{"type":"system","action":"ping"}"""u8.ToArray(), mediaType), 415);
        }
    }

    [TestCase("/api/v1/products/a%2Fb")]
    [TestCase("/api/v1/orders/a%23b")]
    [TestCase("/api/v1/orders/%20")]
    [TestCase("/api/v1/commands/a%3Fb")]
    public async Task An_id_in_the_path_that_is_none_is_a_problem(string path)
    {
        var refused = await _api.GetAsync(path);

        refused.Status.ShouldBeOneOf(400, 404);
        refused.MediaType.ShouldBe("application/problem+json");
    }

    [TestCase("Idempotency-Key", "")]
    [TestCase("X-Correlation-Id", "a/b")]
    [TestCase("If-Match", "nonsense")]
    public async Task A_header_that_cannot_be_used_is_refused_or_passed_over_but_breaks_nothing(string name, string value)
    {
        var answer = await _api.PostAsync("/api/v1/products", Bodies.Product(Bodies.Id("product"), 1), (name, value));

        answer.Status.ShouldBeOneOf(201, 400, 412);
        (await _api.GetAsync("/health")).Status.ShouldBe(200);
    }

    [Test]
    public async Task An_answer_in_another_form_is_406() =>
        await IsRefusedAsync(await _api.GetAsync("/api/v1/orders", ("Accept", "text/html")), 406);

    /// <summary>Null where the server ended the connection before it had read all of the body, as it may.</summary>
    private async Task<Answer?> TooLargeAsync(string door, string filler)
    {
        try
        {
            // The body is sent only once the server wants it, so that its refusal is not lost among bytes on their way.
            return await _api.PostAsync(
                door, $$$"""{"type":"system","action":"ping","metadata":{"a":"{{{filler}}}"}}""", ("Expect", "100-continue"));
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private async Task IsRefusedAsync(Answer answer, int status)
    {
        answer.Status.ShouldBe(status, answer.ToString());
        answer.MediaType.ShouldBe("application/problem+json");
        answer.Text("error").ShouldNotBeNullOrWhiteSpace();
        answer.Content.ShouldNotContain("   at ");
        (await _api.GetAsync("/health")).Status.ShouldBe(200);
    }
}
