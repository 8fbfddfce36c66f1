using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd;

/// <summary>Commands for one time, and schedules, in the real program.</summary>
[TestFixture]
public sealed class ScheduleTests
{
    private const string Schedule = "/api/v1/commands/schedule";
    private const string Scheduled = "/api/v1/commands/scheduled";

    private static ApiClient Api => SharedProgram.Api;

    [Test]
    public async Task A_command_for_a_time_waits_is_found_by_its_key_moved_and_executed_once()
    {
        var user = Bodies.Id("u");
        var (body, key) = ($$"""{"command":{{Create(user)}},"at":"2099-01-01T00:00:00Z"}""", ("Idempotency-Key", Bodies.Id("k")));
        var made = await Api.PostAsync(Schedule, body, key);
        var again = await Api.PostAsync(Schedule, body, key);
        var other = await Api.PostAsync(Schedule, body.Replace("2099", "2098", StringComparison.Ordinal), key);
        var path = $"{Scheduled}/{made.Text("id")}";

        (made.Status, made.Text("state"), made.Text("kind")).ShouldBe((201, "SCHEDULED", "once"));
        again.Status.ShouldBe(201);
        (await Api.UntilAsync(path, one => one.Text("state") == "SCHEDULED")).Text("at").ShouldBe("2099-01-01T00:00:00.000Z");
        (await Api.PostAsync(Schedule, body, key)).Text("id").ShouldBe(made.Text("id"));
        new[] { 201, 422 }.ShouldContain(other.Status);
        await Api.UntilAsync($"{Scheduled}?kind=once&limit=1000", list => list.Items.Any(item => item["id"]!.ToString() == made.Text("id")));
        (await Api.GetAsync($"/api/v1/users/{user}")).Status.ShouldBe(404);

        (await Api.PutAsync(path, """{"at":"2098-01-01T00:00:00Z"}""")).Text("at").ShouldBe("2098-01-01T00:00:00.000Z");
        (await Api.PostAsync($"{path}/trigger", "")).Status.ShouldBe(200);

        await Api.UntilAsync(path, one => one.Text("state") == "SUCCEEDED");
        (await Api.GetAsync($"/api/v1/users/{user}")).Status.ShouldBe(200);
        (await Api.GetAsync($"{path}/runs")).Items.ShouldHaveSingleItem();
        (await Api.PutAsync(path, """{"at":"2098-01-01T00:00:00Z"}""")).Status.ShouldBe(400);
    }

    [Test]
    public async Task A_command_for_a_time_is_cancelled_and_one_for_a_time_that_was_is_refused()
    {
        var made = await Api.PostAsync(Schedule, $$"""{"command":{{Create(Bodies.Id("u"))}},"at":"2099-01-01T00:00:00Z"}""");

        (await Api.DeleteAsync($"{Scheduled}/{made.Text("id")}")).Text("state").ShouldBe("CANCELLED");
        (await Api.GetAsync($"{Scheduled}/{made.Text("id")}")).Text("state").ShouldBe("CANCELLED");
        (await Api.PostAsync(Schedule, $$"""{"command":{{Create(Bodies.Id("u"))}},"at":"2020-01-01T00:00:00Z"}""")).Text("error")!.ShouldContain("time to come");
    }

    [Test]
    public async Task A_schedule_fires_is_paused_resumed_triggered_changed_and_deleted()
    {
        var id = Bodies.Id("sched");
        var body = $$"""{"schedule_id":"{{id}}","command":{{Notify}},"cron":"* * * * * ?","time_zone":"Europe/Berlin","tags":["nightly"],"owner":"ops","description":"Every second"}""";
        var made = await Api.PostAsync(Schedule, body);
        (made.Status, made.Text("in_words"), made.Text("state"), made.Text("owner")).ShouldBe((201, "Every second", "ACTIVE", "ops"));
        (await Api.PostAsync(Schedule, body)).Status.ShouldBe(409);

        var path = $"{Scheduled}/{id}";
        var runs = await Api.UntilAsync($"{path}/runs", list => list.Items.Count(run => run["state"]?.ToString() == "SUCCEEDED") >= 2);
        runs.Items.Select(run => run["command_id"]?.ToString()).ShouldBeUnique();
        runs.Items.Select(run => run["at"]!.ToString()).ShouldBeUnique();
        var command = await Api.GetAsync($"/api/v1/commands/{runs.Items.First(run => run["state"]?.ToString() == "SUCCEEDED")["command_id"]}");
        command.Text("schedule_id").ShouldBe(id);

        var paused = await Api.PostAsync($"{path}/pause", """{"reason":"stocktaking","until":"2099-01-01T00:00:00Z"}""");
        (paused.Text("state"), paused.Json["paused"]!["reason"]!.ToString()).ShouldBe(("PAUSED", "stocktaking"));
        (await Api.PostAsync($"{path}/trigger", "")).Text("command_id").ShouldNotBeNull();
        (await Api.PostAsync($"{path}/resume", "")).Text("state").ShouldBe("ACTIVE");
        var changed = await Api.PutAsync(path, $$"""{"command":{{Notify}},"interval":"2h"}""");
        (changed.Text("kind"), changed.Text("interval")).ShouldBe(("interval", "2h"));
        (await Api.GetAsync($"{path}/upcoming?limit=3")).Items.Count().ShouldBe(3);
        (await Api.DeleteAsync(path)).Text("deleted").ShouldBe("true");
        (await Api.GetAsync(path)).Status.ShouldBe(404);
    }

    [Test]
    public async Task A_bad_schedule_is_told_what_is_wrong()
    {
        (await Refused("\"cron\":\"0 0 25 * * ?\"")).ShouldContain("hours");
        (await Refused("\"cron\":\"0 0 1 * * ?\",\"time_zone\":\"Mars/Olympus\"")).ShouldContain("Mars/Olympus");
        (await Refused("\"cron\":\"0 0 1 * * ?\",\"interval\":\"5m\"")).ShouldContain("one of them");
        (await Refused("\"cron\":\"0 0 1 * * ?\",\"misfire\":\"maybe\"")).ShouldContain("fire_now, skip, fire_all");
        (await Refused("\"description\":\"never\"")).ShouldContain("required");
        (await Refused("\"cron\":\"0 0 1 * * ?\",\"calendar\":{\"dates\":[\"Christmas\"]}")).ShouldContain("Christmas");
    }

    [Test]
    public async Task Upcoming_marks_days_on_which_the_clock_is_changed()
    {
        var id = Bodies.Id("sched");
        (await Api.PostAsync(Schedule, $$"""{"schedule_id":"{{id}}","command":{{Notify}},"cron":"0 30 2 * * ?","time_zone":"Europe/Berlin"}""")).Status.ShouldBe(201);

        var days = (await Api.GetAsync($"{Scheduled}/{id}/upcoming?limit=400&after=2099-01-01T00:00:00Z")).Items.Where(day => day["clock_change"] is not null).ToList();

        days.Count.ShouldBe(2);
        days[0]["clock_change"]!.ToString().ShouldContain("left out");
        days[1]["clock_change"]!.ToString().ShouldContain("twice");
        (await Api.DeleteAsync($"{Scheduled}/{id}")).Status.ShouldBe(200);
    }

    [Test, Long]
    public async Task Nothing_is_lost_and_nothing_is_done_twice_when_the_program_is_killed()
    {
        using var data = new DataDirectory();
        var (once, id) = (new List<string>(), "killed");
        using (var first = await RunningProgram.StartAsync(data.FullName))
        {
            await first.Api.PostAsync(Schedule, $$"""{"schedule_id":"{{id}}","command":{{Notify}},"cron":"* * * * * ?","misfire":"fire_all"}""");
            for (var i = 0; i < 20; i++)
            {
                var at = DateTimeOffset.UtcNow.AddSeconds(4 + (i % 5)).ToString("O");
                once.Add((await first.Api.PostAsync(Schedule, $$"""{"command":{{Create($"killed-{i}")}},"at":"{{at}}"}""")).Text("id")!);
            }

            await first.Api.UntilAsync($"{Scheduled}/{id}/runs", list => list.Items.Count() >= 2);
            await first.KillAsync();
        }

        using var second = await RunningProgram.StartAsync(data.FullName);
        foreach (var command in once)
        {
            await second.Api.UntilAsync($"{Scheduled}/{command}", one => one.Text("state") == "SUCCEEDED");
        }

        var runs = await second.Api.UntilAsync($"{Scheduled}/{id}/runs?limit=100", list => list.Items.Count() >= 5);
        var times = runs.Items.Select(run => DateTimeOffset.Parse(run["at"]!.ToString(), System.Globalization.CultureInfo.InvariantCulture)).Order().ToList();
        times.Zip(times.Skip(1), (one, next) => (next - one).TotalSeconds).ShouldAllBe(gap => gap == 1);
        for (var i = 0; i < 20; i++)
        {
            (await second.Api.GetAsync($"/api/v1/users/killed-{i}")).Number("version").ShouldBe(1);
        }
    }

    private const string Notify = """{"type":"SendNotification","user_id":"ada","channel":"in_app","title":"Hi","message":"Again"}""";

    private static string Create(string user) => $$$"""{"type":"CreateUser","user_id":"{{{user}}}","data":{"name":"Ada Lovelace","email":"ada@example.org"}}""";

    private static async Task<string> Refused(string members)
    {
        var answer = await Api.PostAsync(Schedule, $$"""{"command":{{Notify}},{{members}}}""");
        answer.Status.ShouldBe(400, answer.ToString());
        return answer.Text("error")!;
    }
}
