using System.Globalization;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd;

/// <summary>
/// Pausing, cancelling and clearing what waits, in a program of their own: a pause and a fence concern every command.
/// </summary>
[TestFixture, FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.Self)]
public sealed class ControlTests
{
    private const string Commands = "/api/v1/commands";
    private static readonly (string, string) Json = ("Accept", "application/json");

    private DirectoryInfo _directory = null!;
    private RunningProgram _program = null!;

    private ApiClient Api => _program.Api;

    [OneTimeSetUp]
    public async Task Start()
    {
        _directory = Directory.CreateTempSubdirectory("workers-control-");
        await StartAsync();
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _program?.Dispose();
        _directory?.Delete(recursive: true);
    }

    [TearDown]
    public async Task Resume()
    {
        foreach (var kind in new[] { "user", "inventory" })
        {
            (await Api.PostAsync($"{Commands}/queues/{kind}/resume", "{}")).Status.ShouldBe(200);
        }
    }

    [Test, Order(1)]
    public async Task A_queued_command_behind_a_pause_is_seen_and_cancelled_and_its_repeat_is_told_so()
    {
        (await PauseAsync("user")).Json["paused"]!.GetValue<bool>().ShouldBeTrue();
        (await QueueAsync("c-1", "u-1")).Status.ShouldBe(202);
        await Api.UntilAsync($"{Commands}/queue?key=u-1", answer => answer.Items.Any());
        (await Api.UntilAsync($"{Commands}/c-1", answer => answer.Status == 200)).Text("state").ShouldBe("QUEUED");

        var cancelled = await Api.PostAsync($"{Commands}/c-1/cancel", """{"reason":"not wanted"}""");

        (cancelled.Status, cancelled.Text("state")).ShouldBe((200, "CANCELLED"));
        (await Api.GetAsync($"{Commands}/queue?key=u-1")).Items.ShouldBeEmpty();
        (await Api.PostAsync($"{Commands}/c-1/cancel", "")).Text("code").ShouldBe("NOT_CANCELLABLE");
        (await Api.ExecuteAsync(User("c-1", "u-1"))).Text("code").ShouldBe("CANCELLED");
        (await Api.GetAsync("/api/v1/users/u-1")).Status.ShouldBe(404);
        var audit = await Api.UntilAsync($"{Commands}/audit?type=CancelCommand", answer => answer.Items.Count() >= 2);
        audit.Items.Select(entry => (string?)entry["reason"]).ShouldContain("not wanted");
    }

    [Test, Order(2)]
    public async Task A_finished_or_unknown_command_cannot_be_cancelled()
    {
        (await Api.ExecuteAsync(User("c-2", "u-2"))).Status.ShouldBe(201);

        var refused = await Api.PostAsync($"{Commands}/c-2/cancel", "");

        (refused.Status, refused.Text("code")).ShouldBe((400, "NOT_CANCELLABLE"));
        (await Api.PostAsync($"{Commands}/nobody-knows/cancel", "")).Status.ShouldBe(404);
    }

    [Test, Order(3)]
    public async Task Clearing_the_queue_cancels_what_was_queued_and_keeps_what_somebody_waits_for()
    {
        await PauseAsync("user");
        for (var n = 0; n < 5; n++)
        {
            (await QueueAsync($"q-{n}", $"uq-{n}")).Status.ShouldBe(202);
        }

        (await Api.PostAsync("/api/v1/users", Body("ur-1"), ("Prefer", "respond-async"))).Status.ShouldBe(202);
        await Api.UntilAsync($"{Commands}/queue?kind=user", answer => answer.Items.Count() == 6);

        var cleared = await Api.DeleteAsync($"{Commands}/queue?reason=wrong+import");

        (cleared.Status, cleared.Number("cancelled")).ShouldBe((200, 5m));
        for (var n = 0; n < 5; n++)
        {
            (await Api.UntilAsync($"{Commands}/q-{n}", answer => answer.Text("state") == "CANCELLED")).Json["error"]!["message"]!.ToString().ShouldContain("wrong import");
        }

        await ResumeAsync("user");
        await Api.UntilAsync("/api/v1/users/ur-1", answer => answer.Status == 200);
        (await Api.DeleteAsync($"{Commands}/queue")).Number("cancelled").ShouldBe(0);
    }

    [Test, Order(4)]
    public async Task A_pause_outlives_a_crash_and_what_waits_behind_it_too()
    {
        (await Api.ExecuteAsync("""{"type":"system","action":"pause_queue","parameters":{"kind":"user","key":"uk-1","reason":"looking"}}""")).Status.ShouldBe(200);
        await QueueAsync("k-1", "uk-1");
        await QueueAsync("k-2", "uk-2");
        await Api.UntilAsync("/api/v1/users/uk-2", answer => answer.Status == 200);

        await _program.KillAsync();
        await StartAsync();

        (await Api.UntilAsync($"{Commands}/k-1", answer => answer.Status == 200)).Text("state").ShouldBe("QUEUED");
        (await Api.GetAsync($"{Commands}/workers")).Items.First()["pauses"]!.AsArray().Select(pause => (string?)pause!["key"]).ShouldBe(["uk-1"]);
        (await Api.ExecuteAsync("""{"type":"system","action":"resume_queue","parameters":{"kind":"user","key":"uk-1"}}""")).Status.ShouldBe(200);
        await Api.UntilAsync("/api/v1/users/uk-1", answer => answer.Status == 200);
    }

    [Test, Order(5)]
    public async Task Each_command_that_is_cancelled_while_it_may_run_is_executed_or_cancelled_and_never_both()
    {
        await PauseAsync("user");
        for (var n = 0; n < 5; n++)
        {
            (await RaceAsync(n, untilFound: true)).ShouldBe("CANCELLED", "nothing runs now");
        }

        await ResumeAsync("user");
        await Parallel.ForAsync(5, 60, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (n, _) => await RaceAsync(n));
    }

    [Test, Order(6)]
    public async Task A_fence_among_commands_that_stream_in_leaves_each_of_them_with_one_end()
    {
        const int Count = 150;
        const int Before = 10;
        await PauseAsync("user");
        for (var n = 0; n < Before; n++)
        {
            await QueueAsync($"s-{n}", $"stream-{n}");
        }

        var streaming = Parallel.ForAsync(Before, Count, new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (n, _) => await QueueAsync($"s-{n}", $"stream-{n}"));
        var clears = Task.Run(async () =>
        {
            for (var n = 0; n < 5; n++)
            {
                (await Api.DeleteAsync($"{Commands}/queue")).Status.ShouldBe(200);
            }
        });
        await Task.WhenAll(streaming, clears);
        await ResumeAsync("user");

        for (var n = 0; n < Count; n++)
        {
            var end = await Api.UntilAsync($"{Commands}/s-{n}", a => a.Text("state") is "SUCCEEDED" or "CANCELLED");
            (n >= Before || end.Text("state") == "CANCELLED").ShouldBeTrue("it was there before the first fence");
            (await Api.GetAsync($"/api/v1/users/stream-{n}")).Status.ShouldBe(end.Text("state") == "SUCCEEDED" ? 200 : 404);
        }
    }

    [Test, Order(7)]
    public async Task A_handler_of_ours_that_is_taken_out_leaves_nobody_until_it_comes_back()
    {
        await PauseAsync("notification");
        (await Api.PostAsync($"{Commands}/queue", Notification("note-1"))).Status.ShouldBe(202);
        await Api.UntilAsync($"{Commands}/queue?kind=notification", answer => answer.Items.Any());

        (await Api.DeleteAsync($"{Commands}/handlers/notification?reason=moving")).Status.ShouldBe(200);
        (await Api.ExecuteAsync(Notification("note-2"))).Status.ShouldBe(422);
        await ResumeAsync("notification");
        await Api.UntilAsync($"{Commands}/note-1", answer => answer.Text("state") == "DEAD_LETTERED");
        (await Api.GetAsync($"{Commands}/handlers/notification")).Text("health").ShouldBe("unregistered");

        (await Api.PostAsync($"{Commands}/handlers/notification/register", "")).Status.ShouldBe(200);
        (await Api.ExecuteAsync(Notification("note-2"))).Status.ShouldBe(201);
        var letter = (await Api.AllAsync($"{Commands}/dead-letters")).Single(one => one["reason"]!.ToString() == "unregistered");
        (await Api.PostAsync($"{Commands}/dead-letters/{letter["id"]}/replay", "")).Status.ShouldBe(200);
        await Api.UntilAsync($"{Commands}/note-1", answer => answer.Text("state") == "SUCCEEDED");
    }

    [Test, Order(8)]
    public async Task Clearing_the_history_forgets_the_list_and_no_repeat()
    {
        var body = User("kept-1", "kept-user");
        var first = await Api.ExecuteAsync(body);
        await Api.UntilAsync($"{Commands}/history?key=kept-user", answer => answer.Items.Any(one => one["state"]!.ToString() == "SUCCEEDED"));

        // Behind a pause nobody knows yet that the one repeats the other: both are listed.
        await PauseAsync("user");
        await QueueAsync("kept-2", "kept-user");
        await QueueAsync("kept-2", "kept-user");
        await ResumeAsync("user");
        await Api.UntilAsync($"{Commands}/history?key=kept-user", answer => answer.Items.Count(one => one["state"]!.ToString() != "QUEUED") == 3);

        (await Api.DeleteAsync($"{Commands}/history?reason=tidy")).Json["cleared"]!.GetValue<bool>().ShouldBeTrue();

        (await Api.GetAsync($"{Commands}/history?key=kept-user")).Items.ShouldBeEmpty();
        var repeat = await Api.ExecuteAsync(body);
        (repeat.Status, repeat.Content, repeat.Header("Idempotent-Replayed")).ShouldBe((first.Status, first.Content, "true"));
        (await Api.GetAsync($"{Commands}/kept-1")).Text("state").ShouldBe("SUCCEEDED");
    }

    [Test, Order(9)]
    public async Task A_queue_that_is_none_is_told_which_there_are()
    {
        var wrong = await Api.PostAsync($"{Commands}/queues/nothing/pause", "{}");
        (wrong.Status, wrong.Text("code")).ShouldBe((400, "VALIDATION"));
        wrong.Text("error")!.ShouldContain("user, ");
        (await Api.PostAsync($"{Commands}/queues/user/pause", """{"type":"CreateOrder"}""")).Status.ShouldBe(400);
        (await Api.PostAsync($"{Commands}/queues/user/pause", """{"until":"2001-01-01T00:00:00Z"}""")).Status.ShouldBe(400);
        (await Api.PostAsync($"{Commands}/queues/user/pause", """{"unknown":1}""")).Status.ShouldBe(400);
        (await Api.ExecuteAsync("""{"type":"system","action":"pause_queue","parameters":{"kind":"nothing"}}""")).Status.ShouldBe(400);
        (await Api.GetAsync($"{Commands}/queue?cursor=AAAA")).Status.ShouldBe(400);
    }

    [Test, Order(10)]
    public async Task Many_that_wait_are_cancelled_once_each_over_a_crash_and_a_repeat_and_no_more_than_were_confirmed()
    {
        const string Filter = """{"kind":"user","q":"CreateUser","from":"2020-01-01T00:00:00Z"}""";
        await PauseAsync("user");
        for (var n = 0; n < 8; n++)
        {
            await QueueAsync($"many-{n}", $"many-user-{n}");
        }

        await Api.UntilAsync($"{Commands}?kind=user&state=QUEUED", list => list.Items.Count() == 8);
        var dry = await Api.PostAsync($"{Commands}/cancel", $$"""{"filter":{{Filter}},"dry_run":true}""");
        (dry.Status, dry.Number("matched"), dry.Items.First()["key"]!.ToString()).ShouldBe((200, 8, "many-user-0"));
        var found = dry.Json["filter"]!.ToJsonString();
        (await Api.PostAsync($"{Commands}/cancel", $$"""{"filter":{{found}}}""")).Status.ShouldBe(400);
        var more = await Api.PostAsync($"{Commands}/cancel", $$"""{"filter":{{found}},"expected":7}""");
        (more.Status, more.Text("code")).ShouldBe((409, "MORE_MATCHED"));
        await QueueAsync("many-late", "many-late");

        var body = $$"""{"filter":{{found}},"expected":8,"rate":1,"reason":"sent twice"}""";
        var began = await Api.PostAsync($"{Commands}/cancel", body, ("Idempotency-Key", "many-1"));
        began.Status.ShouldBe(202, began.ToString());
        var path = began.Header("Location")!;
        var running = await Api.GetAsync(path);
        (running.Text("state"), running.Number("requested") < 8).ShouldBe(("RUNNING", true), running.ToString());
        await _program.KillAsync();
        await StartAsync();

        var end = await Api.UntilAsync(path, one => one.Text("state") == "DONE");
        (end.Number("matched"), end.Number("cancelled"), end.Number("skipped"), end.Text("reason")).ShouldBe((8, 8, 0, "sent twice"));
        (await Api.PostAsync($"{Commands}/cancel", body, ("Idempotency-Key", "many-1"))).Text("operation_id").ShouldBe(began.Text("operation_id"));
        (await Api.GetAsync($"{Commands}/many-7")).Json["error"]!["message"]!.ToString().ShouldContain("sent twice");
        (await Api.GetAsync($"{Commands}/many-late")).Text("state").ShouldBe("QUEUED");
        (await Api.PostAsync($"{path}/cancel", "")).Status.ShouldBe(409);
        var audit = await Api.UntilAsync($"{Commands}/audit?entity_type=cancellation", list => list.Items.Count() >= 3);
        audit.Items.Select(entry => (string?)entry["reason"]).ShouldContain("sent twice");
    }

    private async Task StartAsync()
    {
        _program = await RunningProgram.StartAsync(_directory.FullName);
        await Api.UntilAsync("/health/ready", answer => answer.Status == 200);
    }

    /// <summary>Queues a command and cancels it; how it has ended, which fits with what both were told.</summary>
    private async Task<string> RaceAsync(int n, bool untilFound = false)
    {
        var queued = await QueueAsync($"r-{n}", $"race-{n}");
        if (untilFound)
        {
            await Api.UntilAsync($"{Commands}/r-{n}", found => found.Status == 200);
        }

        var answer = await Api.PostAsync($"{Commands}/{queued.Text("id")}/cancel", "");
        var end = (await Api.UntilAsync($"{Commands}/r-{n}", a => a.Text("state") is "SUCCEEDED" or "CANCELLED")).Text("state")!;

        (end == "CANCELLED").ShouldBe(answer.Status == 200, answer.ToString());
        (await Api.GetAsync($"/api/v1/users/race-{n}")).Status.ShouldBe(end == "SUCCEEDED" ? 200 : 404);
        return end;
    }

    private Task<Answer> PauseAsync(string kind) => Api.PostAsync($"{Commands}/queues/{kind}/pause", """{"reason":"a test"}""");

    private async Task ResumeAsync(string kind) => (await Api.PostAsync($"{Commands}/queues/{kind}/resume", "")).Status.ShouldBe(200);

    private Task<Answer> QueueAsync(string commandId, string user) => Api.PostAsync($"{Commands}/queue", User(commandId, user), Json);

    private static string User(string commandId, string user) => string.Create(
        CultureInfo.InvariantCulture, $$$"""{"command_id":"{{{commandId}}}","type":"CreateUser","user_id":"{{{user}}}","data":{"name":"Ada","email":"ada@example.com"}}""");

    private static string Notification(string commandId) =>
        $$$"""{"command_id":"{{{commandId}}}","user_id":"ada","channel":"email","title":"t","message":"m"}""";

    private static string Body(string user) => $$$"""{"user_id":"{{{user}}}","name":"Ada","email":"ada@example.com"}""";
}
