using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Documents;

/// <summary>Document 001's limits and switches, on a program of their own.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.Self)]
public sealed class CqrsLimitsTests
{
    private const string Cqrs = "/api/v1/cqrs";
    private DataDirectory _directory = null!;
    private RunningProgram _program = null!;

    private ApiClient Api => _program.Api;

    [OneTimeSetUp]
    public async Task Start()
    {
        _directory = new DataDirectory();
        _program = await RunningProgram.StartAsync(_directory.FullName, new Dictionary<string, string>
        {
            ["Workers__Cqrs__MaxCommands"] = "2",
            ["Workers__Cqrs__MaxQueries"] = "2",
            ["Workers__Cqrs__MaxEvents"] = "3",
            ["Workers__Cqrs__MaxReadModels"] = "1",
            ["Workers__Cqrs__ValidationEnabled"] = "false",
            ["Workers__Cqrs__CachingEnabled"] = "false",
            ["Workers__Cqrs__MonitoringEnabled"] = "false",
            ["Workers__Cqrs__AuditingEnabled"] = "false",
            ["Workers__Cqrs__SupportedQueryTypes"] = "GetUser,GetWeather,SearchUsers",
        });
        await Api.UntilAsync("/health/ready", answer => answer.Status == 200);
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _program?.Dispose();
        _directory?.Dispose();
    }

    [Test]
    public async Task Nothing_is_refused_for_a_limit_and_cleaning_keeps_the_newest()
    {
        for (var n = 0; n < 4; n++)
        {
            await Create($"limit-{n}");
            (await Api.PostAsync($"{Cqrs}/read-models", $$"""{"type":"UserReadModel","data":{"id":"saved-{{n}}"} }""")).Status.ShouldBe(201);
        }

        var cleaned = await Api.PostAsync($"{Cqrs}/cleanup", "");

        cleaned.Json["removed"]!["read_models"]!.GetValue<int>().ShouldBeGreaterThanOrEqualTo(3);
        for (var n = 0; n < 200 && (await Api.GetAsync($"{Cqrs}/commands")).Items.Count() > 2; n++)
        {
            // The list hears of a command's end a moment after its caller.
            await Api.PostAsync($"{Cqrs}/cleanup", "");
        }

        (await Api.GetAsync($"{Cqrs}/commands")).Items.Count().ShouldBe(2);
        (await Api.GetAsync($"{Cqrs}/events")).Items.Count().ShouldBe(3);
        (await Api.GetAsync($"{Cqrs}/read-models/saved-3")).Status.ShouldBe(200);
        (await Api.GetAsync($"{Cqrs}/read-models/saved-0")).Status.ShouldBe(404);
        (await Api.GetAsync("/api/v1/users/limit-0")).Status.ShouldBe(200);
        (await Api.GetAsync($"{Cqrs}/read-models/limit-0")).Status.ShouldBe(200);
        (await Api.GetAsync("/api/v1/commands/limited-limit-0")).Text("state").ShouldBe("SUCCEEDED");
    }

    [Test]
    public async Task Only_the_newest_queries_stay_readable_and_none_is_cached()
    {
        await Create("uncached");
        var ids = new List<string>();
        for (var n = 0; n < 3; n++)
        {
            var answer = await Api.PostAsync($"{Cqrs}/queries", """{"type":"GetUser","data":{"id":"uncached"}}""");
            (answer.Status, answer.Text("cached")).ShouldBe((200, "false"));
            ids.Add(answer.Text("query_id")!);
        }

        (await Api.GetAsync($"{Cqrs}/queries/{ids[0]}")).Status.ShouldBe(404);
        (await Api.GetAsync($"{Cqrs}/queries")).Items.Select(item => $"{item["query_id"]}").ShouldBe([ids[2], ids[1]]);
    }

    [Test]
    public async Task A_supported_query_that_nobody_answers_says_so()
    {
        (await Api.PostAsync($"{Cqrs}/queries", """{"type":"GetWeather","data":{}}""")).ShouldSatisfyAllConditions(
            a => a.Status.ShouldBe(422), a => a.Text("code").ShouldBe("HANDLER_NOT_FOUND"));
        (await Api.PostAsync($"{Cqrs}/queries", """{"type":"ListUsers","data":{}}""")).Status.ShouldBe(400);
        (await Api.PostAsync($"{Cqrs}/queries", """{"type":"SearchUsers","data":{"q":"nobody at all"}}""")).Json["result"]!["total"]!.ToString().ShouldBe("0");
    }

    [Test]
    public async Task Switches_take_away_rules_figures_and_rows_of_the_audit_trail()
    {
        (await Api.PostAsync($"{Cqrs}/commands", """{"type":"CreateOrder","data":{"user_id":"no uuid","amount":5}}""")).Status.ShouldBe(202);
        (await Api.GetAsync($"{Cqrs}/stats")).Text("code").ShouldBe("MONITORING_DISABLED");
        (await Api.GetAsync($"{Cqrs}/health")).ShouldSatisfyAllConditions(a => a.Status.ShouldBe(200), a => a.Json.ContainsKey("components").ShouldBeFalse());

        await Create("unaudited");
        await Api.PostAsync("/api/v1/users", """{"user_id":"audited","name":"Ada","email":"a@example.org"}""");
        await Api.UntilAsync("/api/v1/commands/audit?entity_id=audited", trail => trail.Items.Any(entry => $"{entry["action"]}" == "created"));
        (await Api.GetAsync("/api/v1/commands/audit?entity_id=unaudited")).Items.Select(entry => $"{entry["action"]}").ShouldBe(["created"]);
    }

    [Test]
    public async Task A_projected_read_model_that_was_deleted_is_there_again_after_a_rebuild()
    {
        await Create("hidden");
        var model = $"{Cqrs}/read-models/hidden";
        await Api.UntilAsync(model, answer => answer.Status == 200);

        (await Api.DeleteAsync(model)).Status.ShouldBe(204);
        (await Api.GetAsync(model)).Status.ShouldBe(404);
        (await Api.GetAsync($"{Cqrs}/read-models?limit=1000")).Content.ShouldNotContain("\"id\":\"hidden\"");
        (await Api.GetAsync("/api/v1/users/hidden")).Status.ShouldBe(200);
        (await Api.ExecuteAsync("""{"type":"system","action":"rebuild_projection"}""", ("Prefer", "wait=25"))).Status.ShouldBe(200);
        (await Api.GetAsync(model)).Status.ShouldBe(200);
    }

    [Test]
    public async Task A_built_in_command_is_taken_out_and_brought_back()
    {
        (await Api.DeleteAsync($"{Cqrs}/handlers/commands/DeleteUser")).Status.ShouldBe(200);
        (await Api.PostAsync($"{Cqrs}/commands", """{"type":"DeleteUser","data":{"user_id":"nobody"}}""")).ShouldSatisfyAllConditions(
            a => a.Status.ShouldBe(422), a => a.Text("code").ShouldBe("HANDLER_NOT_FOUND"));
        (await Api.DeleteAsync($"{Cqrs}/handlers/commands/DeleteUser")).Status.ShouldBe(404);
        (await Api.PostAsync($"{Cqrs}/handlers/commands", """{"type":"DeleteUser"}""")).Status.ShouldBe(200);
        (await Api.PostAsync($"{Cqrs}/commands", """{"type":"DeleteUser","data":{"user_id":"nobody"}}""", ("Prefer", "wait=20"))).Status.ShouldBe(404);
    }

    private async Task<Answer> Create(string id)
    {
        var answer = await Api.PostAsync(
            $"{Cqrs}/commands", $$"""{"type":"CreateUser","command_id":"limited-{{id}}","data":{"user_id":"{{id}}","name":"Ada","email":"{{id}}@example.org"} }""", ("Prefer", "wait=20"));
        answer.Status.ShouldBe(201, answer.ToString());
        return answer;
    }
}
