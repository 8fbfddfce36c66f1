using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd;

/// <summary>Handlers in any language: registered over HTTP, called with signed webhooks.</summary>
[TestFixture]
public sealed class HandlerTests
{
    private const string Commands = "/api/v1/commands";
    private const string Secret = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";

    private static ApiClient Api => SharedProgram.Api;

    [Test]
    public async Task A_registered_handler_executes_a_new_type_of_command_once_and_its_answer_is_the_result()
    {
        using var receiver = new Receiver((data, _) => (200, $$"""{"made":"{{data["data"]!["month"]}}"}"""));
        (await RegisterAsync("reports", "MakeReport", receiver.Url, secret: $"whsec_{Secret}")).Status.ShouldBe(201);

        var first = await Api.ExecuteAsync("""{"type":"MakeReport","command_id":"report-1","user_id":"ada","data":{"month":"may"}}""");
        var repeat = await Api.ExecuteAsync("""{"type":"MakeReport","command_id":"report-1","user_id":"ada","data":{"month":"may"}}""");

        (first.Status, first.Text("made")).ShouldBe((200, "may"));
        (repeat.Status, repeat.Content, repeat.Header("Idempotent-Replayed")).ShouldBe((200, first.Content, "true"));
        var (body, raw, id, timestamp, signature) = receiver.Came.ShouldHaveSingleItem();
        (body["type"]!.ToString(), body["data"]!["type"]!.ToString(), body["data"]!["user_id"]!.ToString()).ShouldBe(("command.execute", "MakeReport", "ada"));
        signature.ShouldBe("v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Secret), Encoding.UTF8.GetBytes($"{id}.{timestamp}.{raw}"))));
        var command = await Api.GetAsync($"{Commands}/report-1");
        (command.Text("state"), command.Text("type"), command.Text("id")).ShouldBe(("SUCCEEDED", "MakeReport", id));
    }

    [Test]
    public async Task What_a_handler_refuses_has_failed_and_what_it_cannot_do_now_is_tried_again()
    {
        using var receiver = new Receiver((data, before) =>
            data["data"]!["mode"]?.ToString() == "no" ? (422, """{"code":"TOO_BAD","error":"Not today"}""") : before == 1 ? (503, "") : (200, "plain text"));
        await RegisterAsync("refusing", "TryThis", receiver.Url);

        var refused = await Api.ExecuteAsync("""{"type":"TryThis","data":{"mode":"no"}}""");
        var done = await Api.ExecuteAsync("""{"type":"TryThis","data":{}}""");

        (refused.Status, refused.Text("code"), refused.Text("error")).ShouldBe((422, "TOO_BAD", "Not today"));
        (done.Status, done.Content).ShouldBe((200, "\"plain text\""));
        receiver.Came.Count.ShouldBe(3);
    }

    [Test]
    public async Task Who_answers_410_is_taken_out_and_its_commands_can_be_replayed_when_another_has_come()
    {
        using var gone = new Receiver((_, _) => (410, ""));
        await RegisterAsync("leaving", "LeaveMe", gone.Url);
        (await Api.ExecuteAsync("""{"type":"LeaveMe","command_id":"leave-1","data":{}}""")).Text("code").ShouldBe("HANDLER_NOT_FOUND");
        await Api.UntilAsync($"{Commands}/handlers/leaving", answer => answer.Status == 404);
        (await Api.ExecuteAsync("""{"type":"LeaveMe","command_id":"leave-2","data":{}}""")).Status.ShouldBe(422);

        using var next = new Receiver((_, _) => (200, """{"ok":true}"""));
        await RegisterAsync("leaving", "LeaveMe", next.Url);
        var id = (await Api.GetAsync($"{Commands}/leave-1")).Text("id");
        var letter = (await Api.AllAsync($"{Commands}/dead-letters")).Single(one => one["code"]!.ToString() == "HANDLER_GONE");
        (await Api.PostAsync($"{Commands}/dead-letters/{letter["id"]}/replay", "")).Status.ShouldBe(200);

        await Api.UntilAsync($"{Commands}/{id}", answer => answer.Text("state") == "SUCCEEDED");
        next.Came.Count.ShouldBe(1);
    }

    [Test]
    public async Task Handlers_are_listed_with_what_they_execute_and_how_they_are()
    {
        var list = (await Api.GetAsync($"{Commands}/handlers")).Items.ToDictionary(one => one["name"]!.ToString());
        new[] { "payment", "user", "order", "notification", "inventory", "refund", "audit", "system" }.ShouldBeSubsetOf(list.Keys);
        list["user"]["types"]!.AsArray().Select(type => type!.ToString()).ShouldBe(["CreateUser", "UpdateUser", "DeleteUser"]);

        var one = await Api.GetAsync($"{Commands}/handlers/order");
        (one.Text("kind"), one.Text("health"), one.Text("circuit")).ShouldBe(("built_in", "healthy", "CLOSED"));
        one.Json["averages"]!.AsObject().Select(member => member.Key).ShouldBe(["count", "queue_ms", "run_ms"]);
        (await Api.GetAsync($"{Commands}/handlers/nobody")).Text("code").ShouldBe("HANDLER_NOT_FOUND");
    }

    [Test]
    public async Task A_handler_that_is_not_allowed_or_not_whole_is_refused()
    {
        (await RegisterAsync("far", "GoFar", "http://example.com/")).Text("error")!.ShouldContain("AllowedHosts");
        (await RegisterAsync("file", "GoFar", "file:///etc/passwd")).Status.ShouldBe(400);
        (await RegisterAsync("own", "RecordCharge", "http://127.0.0.1:9/")).Status.ShouldBe(400);
        (await RegisterAsync("bad", "GoFar", "http://127.0.0.1:9/", secret: "not one")).Status.ShouldBe(400);
        (await Api.PostAsync($"{Commands}/handlers/untyped/register", """{"url":"http://127.0.0.1:9/"}""")).Status.ShouldBe(400);
        (await Api.PostAsync($"{Commands}/handlers/nobody/register", "")).Status.ShouldBe(404);
        (await Api.DeleteAsync($"{Commands}/handlers/nobody")).Status.ShouldBe(404);
    }

    [Test]
    public async Task Circuits_are_shown_and_closed_by_hand()
    {
        var status = await Api.GetAsync($"{Commands}/circuit-breaker/status");
        new[] { "gateway:stripe", "notifications" }.ShouldBeSubsetOf(status.Json["breakers"]!.AsArray().Select(breaker => breaker!["name"]!.ToString()));

        (await Api.PostAsync($"{Commands}/circuit-breaker/reset", "")).Text("reset").ShouldBe("all");
        (await Api.PostAsync($"{Commands}/circuit-breaker/reset", """{"name":"notifications","reason":"it is back"}""")).Text("reset").ShouldBe("notifications");
        (await Api.PostAsync($"{Commands}/circuit-breaker/reset", """{"name":"nobody"}""")).Status.ShouldBe(404);
    }

    [TestCase("cleanup", "removed")]
    [TestCase("rebuild_projection", "written")]
    [TestCase("warm_cache", "users")]
    public async Task Maintenance_runs_as_a_command_and_says_what_it_did(string action, string member)
    {
        var done = await Api.ExecuteAsync($$"""{"type":"system","action":"{{action}}"}""", ("Prefer", "wait=25"));

        (done.Status, done.Text("status")).ShouldBe((200, "DONE"), done.ToString());
        done.Json[member].ShouldNotBeNull();
    }

    private static Task<Answer> RegisterAsync(string name, string type, string url, string? secret = null) => Api.PostAsync(
        $"{Commands}/handlers/{name}/register",
        $$"""{"types":["{{type}}"],"url":"{{url}}","timeout":5,"reason":"a test"{{(secret is null ? "" : $",\"secret\":\"{secret}\"")}}}""");
}
