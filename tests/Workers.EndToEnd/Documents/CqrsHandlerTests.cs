using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Documents;

/// <summary>Document 001's handlers of commands, queries and events, registered by type.</summary>
public sealed class CqrsHandlerTests
{
    private const string Cqrs = "/api/v1/cqrs";
    private const string Handlers = Cqrs + "/handlers";
    private const string Secret = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";

    private readonly ApiClient _api = SharedProgram.Api;

    [Test]
    public async Task A_command_handler_extends_the_supported_types_until_it_is_taken_out()
    {
        using var receiver = new Receiver((data, _) => (200, $$"""{"shipped":"{{data["data"]!["parcel"]}}"}"""));
        (await Register("commands", "ShipParcel", receiver.Url)).Status.ShouldBe(201);
        (await Register("commands", "ShipParcel", receiver.Url)).Status.ShouldBe(200);

        var done = await _api.PostAsync($"{Cqrs}/commands", """{"type":"ShipParcel","data":{"parcel":"p1"}}""", ("Prefer", "wait=20"));
        (done.Status, done.Text("shipped")).ShouldBe((200, "p1"));
        (await _api.PostAsync($"{Cqrs}/commands", """{"type":"Nonsense"}""")).Text("error")!.ShouldContain("ShipParcel");

        (await _api.DeleteAsync($"{Handlers}/commands/ShipParcel")).Status.ShouldBe(200);
        (await _api.DeleteAsync($"{Handlers}/commands/ShipParcel")).Status.ShouldBe(404);
        (await _api.PostAsync($"{Cqrs}/commands", """{"type":"ShipParcel","data":{"parcel":"p1"}}""")).Text("code").ShouldBe("HANDLER_NOT_FOUND");
        (await _api.PostAsync($"{Handlers}/commands", """{"type":"ShipParcel"}""")).Status.ShouldBe(404);
        (await Register("commands", "ShipParcel", receiver.Url)).Status.ShouldBe(201);
        await _api.DeleteAsync($"{Handlers}/commands/ShipParcel");
    }

    [Test]
    public async Task Several_types_are_registered_at_once_and_taken_out_one_by_one()
    {
        var made = await _api.PostAsync($"{Handlers}/queries", """{"types":["GetParcel","ListParcels"],"url":"http://127.0.0.1:9/"}""");

        (made.Status, made.Items.Select(item => $"{item["name"]}").ToArray()).ShouldSatisfyAllConditions(
            pair => pair.Item1.ShouldBe(201), pair => pair.Item2.ShouldBe(["GetParcel", "ListParcels"]));
        (await _api.DeleteAsync($"{Handlers}/queries/GetParcel")).Status.ShouldBe(200);
        (await _api.DeleteAsync($"{Handlers}/queries/GetParcel")).Status.ShouldBe(404);
        (await _api.DeleteAsync($"{Handlers}/queries/ListParcels")).Status.ShouldBe(200);
    }

    [Test]
    public async Task A_query_handler_is_asked_at_once_with_a_signature()
    {
        using var receiver = new Receiver((data, _) => $"{data["data"]!["id"]}" switch
        {
            "missing" => (404, """{"error":"Weather not found"}"""),
            "wrong" => (400, """{"code":"NO_SUCH_PLACE","error":"No such place"}"""),
            "broken" => (500, ""),
            var id => (200, $$"""{"place":"{{id}}","degrees":21}"""),
        });
        await Register("queries", "GetWeather", receiver.Url, $",\"secret\":\"whsec_{Secret}\"");

        var answer = await Ask("GetWeather", "here");
        (answer.Status, answer.Json["result"]!["degrees"]!.ToString(), answer.Text("cached")).ShouldBe((200, "21", "false"));
        var (body, raw, id, timestamp, signature) = receiver.Came.ShouldHaveSingleItem();
        (body["type"]!.ToString(), id).ShouldBe(("query.execute", answer.Text("query_id")));
        signature.ShouldBe("v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Secret), Encoding.UTF8.GetBytes($"{id}.{timestamp}.{raw}"))));
        (await Ask("GetWeather", "missing")).ShouldSatisfyAllConditions(a => a.Status.ShouldBe(404), a => a.Text("error").ShouldBe("Weather not found"), a => a.Text("query_id").ShouldNotBeNull());
        (await Ask("GetWeather", "wrong")).ShouldSatisfyAllConditions(a => a.Status.ShouldBe(422), a => a.Text("code").ShouldBe("NO_SUCH_PLACE"));
        var broken = await Ask("GetWeather", "broken");
        (broken.Status, broken.Text("code"), broken.Text("retryable")).ShouldBe((503, "HANDLER_UNAVAILABLE", "true"));
        (await _api.GetAsync($"{Cqrs}/queries/{broken.Text("query_id")}")).Text("status").ShouldBe("FAILED");

        await _api.DeleteAsync($"{Handlers}/queries/GetWeather");
        (await _api.PostAsync($"{Cqrs}/queries", """{"type":"GetWeather","data":{}}""")).Status.ShouldBe(400);
    }

    [Test]
    public async Task A_query_that_takes_too_long_ends_with_504()
    {
        using var never = new ManualResetEventSlim();
        using var receiver = new Receiver((_, _) =>
        {
            never.Wait(TimeSpan.FromSeconds(60));
            return (200, "{}");
        });
        await _api.PostAsync($"{Handlers}/queries", $$"""{"type":"GetSlowly","url":"{{receiver.Url}}","timeout":1}""");

        var late = await Ask("GetSlowly", "x");
        never.Set();

        (late.Status, late.Text("code"), late.Text("retryable")).ShouldBe((504, "QUERY_TIMEOUT", "true"));
        await _api.DeleteAsync($"{Handlers}/queries/GetSlowly");
    }

    [Test]
    public async Task A_built_in_query_is_taken_out_and_brought_back()
    {
        (await _api.DeleteAsync($"{Handlers}/queries/GetOrderPayments")).Status.ShouldBe(200);
        (await _api.PostAsync($"{Cqrs}/queries", """{"type":"GetOrderPayments","data":{"order_id":"o"}}""")).ShouldSatisfyAllConditions(
            a => a.Status.ShouldBe(422), a => a.Text("code").ShouldBe("HANDLER_NOT_FOUND"), a => a.Text("query_id").ShouldNotBeNull());
        (await _api.PostAsync($"{Handlers}/queries", """{"type":"GetOrderPayments"}""")).Status.ShouldBe(200);
        (await _api.PostAsync($"{Cqrs}/queries", """{"type":"GetOrderPayments","data":{"order_id":"o"}}""")).Status.ShouldBe(200);
    }

    [Test]
    public async Task An_event_handler_is_told_of_posted_events_and_of_our_own_at_least_once_by_their_ids()
    {
        using var receiver = new Receiver((_, before) => before == 0 ? (503, "") : (200, ""));
        await Register("events", "ParcelScanned", receiver.Url, $",\"secret\":\"whsec_{Secret}\"");
        await Register("events", "UserRestored", receiver.Url);

        var posted = await _api.PostAsync($"{Cqrs}/events", """{"type":"ParcelScanned","data":{"id":"p1","password":"1234"}}""");
        posted.Status.ShouldBe(201);
        var user = Bodies.Id("user");
        await _api.PostAsync("/api/v1/users", $$"""{"user_id":"{{user}}","name":"Ada","email":"a@example.org"}""");
        var gone = await _api.DeleteAsync($"/api/v1/users/{user}");
        (await _api.PostAsync("/api/v1/commands/undo", $$"""{"command_id":"{{gone.Header("X-Command-Id")}}"}""")).Status.ShouldBe(200);
        foreach (var key in new[] { "ParcelScanned%2Fp1", $"UserRestored%2F{user}" })
        {
            await _api.UntilAsync($"/api/v1/commands?type=RecordEventDelivery&key={key}", list => list.Items.Any(item => $"{item["state"]}" == "SUCCEEDED"));
        }

        var told = receiver.Came.ToList();
        var scanned = told.Where(one => one.Body["type"]!.ToString() == "ParcelScanned").ToList();
        scanned.Count.ShouldBeInRange(1, 2);
        scanned.ShouldAllBe(one => one.Id == posted.Text("event_id") && one.Signature!.StartsWith("v1,", StringComparison.Ordinal));
        (scanned[^1].Body["data"]!["origin"]!.ToString(), scanned[^1].Body["data"]!["data"]!["password"]!.ToString()).ShouldBe(("external", "***"));
        told.ShouldContain(one => one.Body["type"]!.ToString() == "UserRestored" && one.Body["data"]!["aggregate_id"]!.ToString() == user);
        (await _api.DeleteAsync($"{Handlers}/events/ParcelScanned")).Status.ShouldBe(200);
        (await _api.DeleteAsync($"{Handlers}/events/UserRestored")).Status.ShouldBe(200);
        (await _api.DeleteAsync($"{Handlers}/events/UserRestored")).Status.ShouldBe(404);
    }

    [TestCase("queries", "query")]
    [TestCase("events", "event")]
    public async Task A_handler_has_a_circuit_while_it_is_registered(string what, string circuit)
    {
        var (type, name) = ($"Watched{what}", $"{circuit}:Watched{what}");
        await Register(what, type, "http://127.0.0.1:9/");
        Circuits(await _api.GetAsync("/api/v1/commands/circuit-breaker/status")).ShouldContain(name);
        (await _api.PostAsync("/api/v1/commands/circuit-breaker/reset", $$"""{"name":"{{name}}"}""")).Status.ShouldBe(200);

        await _api.DeleteAsync($"{Handlers}/{what}/{type}");

        Circuits(await _api.GetAsync("/api/v1/commands/circuit-breaker/status")).ShouldNotContain(name);

        static IEnumerable<string> Circuits(Answer answer) => answer.Json["breakers"]!.AsArray().Select(one => one!["name"]!.ToString());
    }

    [Test]
    public async Task An_event_handler_that_answers_410_is_taken_out()
    {
        using var receiver = new Receiver((_, _) => (410, ""));
        await Register("events", "ParcelLost", receiver.Url);
        await _api.PostAsync($"{Cqrs}/events", """{"type":"ParcelLost","data":{"id":"p2"}}""");

        await _api.UntilAsync("/api/v1/commands?type=UnregisterHandler&key=ParcelLost", list => list.Items.Any(item => $"{item["state"]}" == "SUCCEEDED"));

        receiver.Came.Count.ShouldBe(1);
        (await _api.DeleteAsync($"{Handlers}/events/ParcelLost")).Status.ShouldBe(404);
    }

    [TestCase("commands", """{"type":"GoFar","url":"http://example.com/"}""")]
    [TestCase("queries", """{"type":"GoFar","url":"file:///etc/passwd"}""")]
    [TestCase("events", """{"type":"GoFar","url":"http://127.0.0.1:9/","secret":"none"}""")]
    [TestCase("events", """{"type":"GoFar","url":"http://127.0.0.1:9/","timeout":61}""")]
    [TestCase("events", """{"type":"CommandCompleted","url":"http://127.0.0.1:9/"}""")]
    [TestCase("commands", """{"type":"RecordCharge","url":"http://127.0.0.1:9/"}""")]
    [TestCase("commands", """{"url":"http://127.0.0.1:9/"}""")]
    [TestCase("commands", """{"type":"a","types":["b"],"url":"http://127.0.0.1:9/"}""")]
    public async Task What_may_not_be_registered_is_refused(string what, string body) => (await _api.PostAsync($"{Handlers}/{what}", body)).Status.ShouldBe(400);

    [TestCase("queries")]
    [TestCase("events")]
    public async Task Without_a_url_only_what_is_built_in_comes_back(string what) =>
        (await _api.PostAsync($"{Handlers}/{what}", """{"type":"NothingOfOurs"}""")).Text("code").ShouldBe("HANDLER_NOT_FOUND");

    private Task<Answer> Register(string what, string type, string url, string more = "") =>
        _api.PostAsync($"{Handlers}/{what}", $$"""{"type":"{{type}}","url":"{{url}}","timeout":10{{more}}}""");

    private Task<Answer> Ask(string type, string id) => _api.PostAsync($"{Cqrs}/queries", $$"""{"type":"{{type}}","data":{"id":"{{id}}"} }""");
}
