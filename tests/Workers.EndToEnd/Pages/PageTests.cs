using NUnit.Framework;
using Shouldly;

namespace Workers.EndToEnd.Pages;

/// <summary>Every page of the console, as a browser without script gets it.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class PageTests
{
    private static readonly string[] s_pages =
    [
        "", "commands", "commands?state=FAILED&q=nothing", "commands/cancel?state=QUEUED&user_id=nobody", "commands/cancellations", "dead-letters", "dead-letters/replay", "dead-letters/replays", "flows", "flows?saga=order&state=Stuck", "queues", "schedules", "schedules/new",
        "workers", "audit", "you", "keyboard", "sign-in",
    ];

    [TestCaseSource(nameof(s_pages))]
    public async Task A_page_answers_under_a_strict_policy_and_leads_only_to_relative_addresses(string path)
    {
        using var visitor = new Visitor(SharedProgram.Api.Address);

        var page = await visitor.GetAsync(path);

        page.Status.ShouldBe(200, page.Text);
        page.Headers["Content-Type"].ShouldBe("text/html; charset=utf-8");
        page.Headers["Content-Security-Policy"].ShouldStartWith("default-src 'none'; script-src 'self'; style-src 'self'");
        page.Headers["Cache-Control"].ShouldBe("no-store");
        page.Text.ShouldNotContain("style=");
        page.Text.ShouldNotContain("onclick=");
        page.Links.ShouldAllBe(link => link.StartsWith("./", StringComparison.Ordinal) || link.StartsWith("../", StringComparison.Ordinal) || link.StartsWith('#'));
    }

    [Test]
    public async Task Every_page_that_is_linked_is_there()
    {
        using var visitor = new Visitor(SharedProgram.Api.Address);
        await CreateUserAsync("linked");
        var root = new Uri(SharedProgram.Api.Address, "/console/");
        var todo = new Queue<string>([""]);
        var known = new HashSet<string>([""]);
        while (todo.TryDequeue(out var path) && known.Count < 60)
        {
            var page = await visitor.GetAsync(path);
            page.Status.ShouldBeInRange(200, 307, path);
            foreach (var link in page.Links.Where(link => !link.StartsWith('#')))
            {
                var whole = new Uri(new Uri(root, path), link);
                whole.AbsolutePath.ShouldStartWith("/console/");
                var below = whole.PathAndQuery["/console/".Length..];
                if (!page.Text.Contains($"action=\"{link}\"", StringComparison.Ordinal) && known.Add(below))
                {
                    todo.Enqueue(below);
                }
            }
        }

        known.Count.ShouldBeGreaterThan(20);
    }

    [Test]
    public async Task What_callers_wrote_is_shown_as_text()
    {
        const string evil = "<script>alert(1)</script>\"' onerror=x";
        using var visitor = new Visitor(SharedProgram.Api.Address);
        var made = await CreateUserAsync("evil", evil);

        var page = await visitor.GetAsync("commands/" + made);
        var search = await visitor.GetAsync("commands?q=" + Uri.EscapeDataString(evil));

        page.Status.ShouldBe(200);
        page.Text.ShouldContain("&lt;script&gt;alert(1)&lt;/script&gt;");
        (page.Text + search.Text).ShouldNotContain("<script>alert");
    }

    [Test]
    public async Task A_command_is_found_by_its_id_shown_with_its_timeline_and_undone_by_a_form()
    {
        using var visitor = new Visitor(SharedProgram.Api.Address);
        var id = await CreateUserAsync("undone");
        var found = await visitor.GetAsync("find?q=" + id);
        found.Location.ShouldBe($"./commands/{id}");

        var done = await visitor.DoAsync($"commands/{id}", $"commands/{id}/undo", ("reason", "made by mistake"));

        done.Text.ShouldContain("It is undone.");
        done.Text.ShouldContain("Undone</span>");
        done.Text.ShouldContain("Timeline");
    }

    [Test]
    public async Task A_form_without_the_token_of_this_browser_does_nothing()
    {
        using var visitor = new Visitor(SharedProgram.Api.Address);
        using var other = new Visitor(SharedProgram.Api.Address);
        var id = await CreateUserAsync("kept");
        var foreign = (await other.GetAsync("commands/" + id)).Token;
        await visitor.GetAsync("commands/" + id);

        var refused = await visitor.PostAsync($"commands/{id}/undo", foreign, ("reason", "x"));
        refused.Status.ShouldBe(400);
        refused.Text.ShouldContain("Nothing was done");
        refused.Text.ShouldContain($"""<a class="button" href="../../commands/{id}">Load the page again</a>""");
        (await visitor.PostAsync($"commands/{id}/undo", "", ("reason", "x"))).Status.ShouldBe(400);
        (await SharedProgram.Api.GetAsync("/api/v1/commands/" + id)).Text("state").ShouldBe("SUCCEEDED");
    }

    [Test]
    public async Task A_form_that_is_sent_twice_is_done_once()
    {
        using var visitor = new Visitor(SharedProgram.Api.Address);
        var name = $"once-{Guid.NewGuid():N}";
        (await SharedProgram.Api.PostAsync("/api/v1/commands/schedule", $$$"""{"schedule_id":"{{{name}}}","cron":"0 0 3 1 1 ?","command":{"type":"SendNotification","user_id":"ada","channel":"in_app","title":"t","message":"m"}}""")).Status.ShouldBe(201);
        var page = await visitor.GetAsync($"schedules/{name}");
        page.Once.Count.ShouldBe(page.Once.Distinct().Count());

        foreach (var once in new[] { page.Once[0], page.Once[0], page.Once[1] })
        {
            (await visitor.PostAsync($"schedules/{name}/trigger", page.Token, ("once", once))).Status.ShouldBe(303);
        }

        (await SharedProgram.Api.UntilAsync($"/api/v1/commands/scheduled/{name}/runs", list => list.Items.Count() >= 2)).Items.Count().ShouldBe(2);
    }

    [Test]
    public async Task A_schedule_is_previewed_made_paused_with_a_reason_and_deleted_by_forms()
    {
        using var visitor = new Visitor(SharedProgram.Api.Address);
        var name = $"pages-{Guid.NewGuid():N}";
        (string, string)[] fields =
            [("schedule_id", name), ("type", "CreateUser"), ("data", """{"name":"Nightly","email":"nightly@example.com"}"""), ("cron", "0 30 2 * * ?"), ("time_zone", "UTC"), ("misfire", "skip"), ("overlap", "allow")];
        var token = (await visitor.GetAsync("schedules/new")).Token;
        (await visitor.PostAsync("schedules/new", token, [.. fields, ("do", "preview")])).Text.ShouldContain("02:30:00");

        (await visitor.DoAsync("schedules/new", "schedules/new", fields)).Text.ShouldContain("The schedule is made.");
        (await visitor.DoAsync($"schedules/{name}", $"schedules/{name}/pause", ("reason", "moving"), ("until", "2999-01-01 10:00"))).Text.ShouldContain("moving");
        (await visitor.DoAsync($"schedules/{name}", $"schedules/{name}/delete", ("reason", "done"))).Text.ShouldContain("It is deleted.");
    }

    [Test]
    public async Task The_root_without_its_slash_leads_to_the_root()
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await http.GetAsync(new Uri(SharedProgram.Api.Address, "/console"));

        ((int)answer.StatusCode).ShouldBe(307);
        answer.Headers.Location!.OriginalString.ShouldBe("console/");
    }

    private static async Task<string> CreateUserAsync(string name, string? shown = null)
    {
        var id = $"{name}-{Guid.NewGuid():N}";
        var made = await SharedProgram.Api.ExecuteAsync(new System.Text.Json.Nodes.JsonObject
        {
            ["type"] = "CreateUser",
            ["command_id"] = id,
            ["data"] = new System.Text.Json.Nodes.JsonObject { ["name"] = shown ?? name, ["email"] = $"{id}@example.com" },
        }.ToJsonString());
        made.Status.ShouldBeInRange(200, 201, made.ToString());
        return (await SharedProgram.Api.UntilAsync("/api/v1/commands/" + id, listed => listed.Status == 200)).Text("id")!;
    }
}
