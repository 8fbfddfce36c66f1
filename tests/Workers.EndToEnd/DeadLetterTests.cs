using System.Globalization;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd;

/// <summary>The desk of what could not be executed, as operators use it: causes, one letter, edits, replays that outlive the process.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.Self)]
public sealed class DeadLetterTests
{
    private const string Commands = "/api/v1/commands";
    private const string Letters = Commands + "/dead-letters";

    private readonly DataDirectory _data = new();
    private RunningProgram _program = null!;

    private ApiClient Api => _program.Api;

    [OneTimeSetUp]
    public Task Start() => StartAsync();

    [OneTimeTearDown]
    public void Stop()
    {
        _program?.Dispose();
        _data.Dispose();
    }

    [Test, Order(1)]
    public async Task Letters_are_counted_by_cause()
    {
        await FailAsync(3, "cup");
        var groups = (await Api.UntilAsync($"{Letters}/groups", list => list.Items.Sum(group => group["count"]!.GetValue<int>()) == 3)).Items.ToList();
        groups.Sum(group => group["count"]!.GetValue<int>()).ShouldBe(3);
        string.CompareOrdinal(groups[0]["first_at"]!.ToString(), groups[0]["last_at"]!.ToString()).ShouldBeLessThanOrEqualTo(0);
        var code = groups[0]["code"]!.ToString();
        (await Api.GetAsync($"{Letters}?code={code}&error_type={groups[0]["error_type"]}")).Number("total").ShouldBe(groups[0]["count"]!.GetValue<int>());
    }

    [Test, Order(2)]
    public async Task A_letter_is_edited_replayed_and_tells_in_the_audit_trail_who_has_done_that()
    {
        var letter = (await Api.GetAsync($"{Letters}?key=cup-0")).Items.Single();
        var path = $"{Letters}/{letter["id"]}";
        (await Api.PutAsync(path, """{"data":{"user_id":"cup-0","email":"none"}}""")).Status.ShouldBe(400);
        const string data = """{"user_id":"cup-0","name":"Grace","email":"grace@example.com","metadata":{"card_number":"secret-1"}}""";

        var edited = await Api.PutAsync(path, $$"""{"data":{{data}},"reason":"another name"}""");

        (edited.Status, edited.Text("type"), edited.Text("key")).ShouldBe((200, "CreateUser", "cup-0"), edited.ToString());
        var shown = await Api.GetAsync(path);
        (shown.Text("type"), shown.Json["original"]!["value_text"]!.ToString().Contains("\"Ada\"", StringComparison.Ordinal), shown.Json["edited"]!["by"]!.ToString()).ShouldBe(("CreateUser", true, "anonymous"));
        shown.Content.ShouldNotContain("secret-1");
        (await Api.PutAsync(path, $$"""{"data":{{shown.Text("value_text")}}}""")).Status.ShouldBe(200, "as it is shown it may be sent back");
        var audit = (await Api.UntilAsync($"{Commands}/audit?entity_type=dead_letter&entity_id={letter["id"]}", list => list.Items.Count() == 2)).Items.Last();
        (audit["action"]!.ToString(), audit["reason"]!.ToString()).ShouldBe(("edited", "another name"));
        (audit["changes"]!["before"]!["data"]!["data"]!["name"]!.ToString(), audit["changes"]!["after"]!["data"]!["data"]!["name"]!.ToString()).ShouldBe(("Ada", "Grace"));

        (await Api.PostAsync(path + "/replay", "")).Status.ShouldBe(200);
        (await Api.UntilAsync("/api/v1/users/cup-0", user => user.Status == 200)).Text("name").ShouldBe("Grace");
        (await Api.PutAsync(path, """{"type":"CreateUser"}""")).Status.ShouldBe(404);
    }

    [Test, Order(3)]
    public async Task Many_are_replayed_by_an_operation_that_outlives_the_process()
    {
        await FailAsync(4, "bean");
        const string filter = """{"filter":{"group":"commands"},"rate":1,"reason":"it is back",""";
        var matched = (await Api.PostAsync($"{Letters}/replay", filter + "\"dry_run\":true}")).Number("matched");
        matched.ShouldBeGreaterThan(1);
        (await Api.PostAsync($"{Letters}/replay", filter + $"\"expected\":{matched - 1}}}")).Text("code").ShouldBe("MORE_MATCHED");
        var started = await Api.PostAsync($"{Letters}/replay", filter + "\"dry_run\":false}", ("Idempotency-Key", "once"));

        (started.Status, started.Text("state"), started.Number("matched")).ShouldBe((202, "RUNNING", matched), started.ToString());
        var path = started.Header("Location")!;
        (await Api.PostAsync($"{Letters}/replay", filter + "\"dry_run\":false}", ("Idempotency-Key", "once"))).Text("operation_id").ShouldBe(started.Text("operation_id"));
        _program.Dispose();
        await StartAsync();
        var done = await Api.UntilAsync(path, operation => operation.Text("state") == "DONE");
        (done.Number("replayed") + done.Number("skipped"), done.Text("by")).ShouldBe((matched, "anonymous"));
        done.Text("started_at")!.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$");
        done.Text("ended_at")!.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$");
        (await Api.GetAsync($"{Letters}/operations?state=done")).Items.Single()["operation_id"]!.ToString().ShouldBe(started.Text("operation_id"));
        (await Api.PostAsync(path + "/cancel", "")).Status.ShouldBe(409);
        (await Api.GetAsync($"{Letters}?group=commands")).Number("total").ShouldBe(0);
    }

    private async Task StartAsync()
    {
        _program = await RunningProgram.StartAsync(_data.FullName);
        await Api.UntilAsync("/health/ready", answer => answer.Status == 200);
    }

    /// <summary>Users who are to be made while nobody does it.</summary>
    private async Task FailAsync(int count, string key)
    {
        await DoneAsync(Api.PostAsync($"{Commands}/queues/user/pause", ""));
        for (var n = 0; n < count; n++)
        {
            var queued = await Api.PostAsync($"{Commands}/queue", string.Create(CultureInfo.InvariantCulture, $$"""{"type":"CreateUser","user_id":"{{key}}-{{n}}","name":"Ada","email":"ada@example.com"}"""));
            queued.Status.ShouldBe(202, queued.ToString());
        }

        await DoneAsync(Api.DeleteAsync($"{Commands}/handlers/user"));
        await DoneAsync(Api.PostAsync($"{Commands}/queues/user/resume", ""));
        for (var n = 0; n < count; n++)
        {
            await Api.UntilAsync(string.Create(CultureInfo.InvariantCulture, $"{Letters}?key={key}-{n}"), list => list.Items.Any());
        }

        await DoneAsync(Api.PostAsync($"{Commands}/handlers/user/register", ""));
    }

    private static async Task DoneAsync(Task<Answer> asked)
    {
        var answer = await asked;
        answer.Status.ShouldBe(200, answer.ToString());
    }
}
