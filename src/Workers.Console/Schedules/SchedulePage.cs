using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Workers.Engine.Identity;
using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.Schedules;

/// <summary>One schedule: when it fires next, what became of its last times, and pausing, firing, changing, deleting it.</summary>
internal static class SchedulePage
{
    public static async Task<Page> ShowAsync(Visit visit)
    {
        var id = Of(visit);
        var schedule = await visit.ReadAsync($"scheduled/{id}");
        var (upcoming, runs) = (visit.AskAsync($"scheduled/{id}/upcoming?limit=10"), visit.ReadAsync($"scheduled/{id}/runs?limit=30"));
        var body = Html.Of($"""
            {Parts.Live("facts", Html.Of($"{Trouble(schedule)}{Facts(visit, schedule)}"))}
            <div class="two">{Parts.Live("upcoming", Parts.Section("next", "Next", Upcoming(visit, (await upcoming).Json)))}{Parts.Live("runs", Runs(visit, await runs))}</div>
            {Parts.Section("command", "The command it sends", Html.Of($"<p>{schedule["command"]["type"].Text}{Html.If(schedule["command"]["key"].IsThere, () => Html.Of($" about {Parts.Code(schedule["command"]["key"].Text)}"))}</p>{Parts.Block(schedule["command"]["data"].Indented, "Data of the command")}"))}
            """);
        return new Page(schedule["schedule_id"].Text, SchedulesPage.Path, body) { IsLive = true, Actions = Html.Of($"""<div id="actions" data-live class="actions">{Actions(visit, schedule)}</div>""") };
    }

    public static async Task<Page> PauseAsync(Visit visit, IFormCollection form)
    {
        try
        {
            var body = Doing.Time(form, "until") is { } until ? new JsonObject { ["until"] = until } : null;
            return await Doing.Async(visit, form, HttpMethods.Post, $"scheduled/{Of(visit)}/pause", $"schedules/{Of(visit)}", "It is paused.", body: body);
        }
        catch (FormatException error)
        {
            return Page.Go($"schedules/{Of(visit)}", "It was not paused. " + error.Message, isError: true);
        }
    }

    public static Task<Page> ResumeAsync(Visit visit, IFormCollection form) => Doing.Async(visit, form, HttpMethods.Post, $"scheduled/{Of(visit)}/resume", $"schedules/{Of(visit)}", "It fires again.");

    public static Task<Page> TriggerAsync(Visit visit, IFormCollection form) =>
        Doing.Async(visit, form, HttpMethods.Post, $"scheduled/{Of(visit)}/trigger", $"schedules/{Of(visit)}", "Its command is executed now; the run stands under Runs.");

    public static Task<Page> DeleteAsync(Visit visit, IFormCollection form) => Doing.Async(visit, form, HttpMethods.Delete, $"scheduled/{Of(visit)}", SchedulesPage.Path, "It is deleted.");

    /// <summary>Times to come, those marked that a change of the clock moves.</summary>
    public static Html Upcoming(Visit visit, Json upcoming) => Parts.Table(
        "Times to come", ["By its clock", "UTC", "Clock"],
        [.. upcoming["items"].Items.Select(one => Html.Of($"""
            <tr><th scope="row" class="lines">{one["local"].Text.Replace('T', ' ')}</th><td>{Parts.Exactly(one["at"].Time)} <span class="quiet">{Words.Ago(one["at"].Time ?? visit.Now, visit.Now)}</span></td>
            <td>{(one["clock_change"].IsThere ? Html.Of($"{Icons.Alarm} {one["clock_change"].Text}") : Html.None)}</td></tr>
            """))], Html.Of($"It does not fire any more."));

    private static string Of(Visit visit) => Uri.EscapeDataString(visit.Segment("id"));

    private static Html Trouble(Json schedule) => Html.Of($"""
        {Html.If(schedule["error"].IsThere, () => Html.Of($"""<div class="answer bad"><h2>{Icons.Alarm}It cannot fire</h2><p>{schedule["error"].Text}</p></div>"""))}
        {Html.If(schedule["paused"].IsThere, () => Html.Of($"""<div class="answer warn"><h2>{Icons.Alarm}Paused</h2><p>By {schedule["paused"]["by"].Text}{(schedule["paused"]["reason"].IsThere ? ": " + schedule["paused"]["reason"].Text : "")}{(schedule["paused"]["until"].IsThere ? Html.Of($", until {Parts.Exactly(schedule["paused"]["until"].Time)}") : Html.None)}</p></div>"""))}
        """);

    private static Html Facts(Visit visit, Json schedule) => Parts.Facts(
        ("State", Icons.State(schedule["state"].Text)), ("When", SchedulesPage.When(schedule)), ("Next", Parts.Time(schedule["next_fire_at"].Time ?? schedule["at"].Time, visit.Now)),
        ("Last", Parts.Time(schedule["last_fire_at"].Time, visit.Now)), ("What it is for", Parts.Text(schedule["description"].Text)), ("Owner", Parts.Text(schedule["owner"].Text)),
        ("Missed times", Parts.Text(Words.Of(schedule["misfire"].Text))), ("While the last still runs", Parts.Text(Words.Of(schedule["overlap"].Text))), ("Jitter", Parts.Text(schedule["jitter"].Text)),
        ("Not before", schedule["start_at"].IsThere ? Parts.Exactly(schedule["start_at"].Time) : Html.None), ("Not after", schedule["end_at"].IsThere ? Parts.Exactly(schedule["end_at"].Time) : Html.None),
        ("Days left out", schedule["calendar"].IsThere ? Parts.Text($"{schedule["calendar"]["name"].Text} {string.Join(", ", schedule["calendar"]["weekdays"].Texts.Concat(schedule["calendar"]["dates"].Texts))}") : Html.None),
        ("Tags", Html.Each(schedule["tags"].Texts, tag => Html.Of($"""<a href="{visit.Link(SchedulesPage.Path, ("tag", tag))}">{tag}</a> """))),
        ("Made by", Parts.Text(schedule["created_by"].Text)), ("Its command by", Parts.Text(schedule["command_by"].Text)), ("Comes from", Parts.Text(schedule["source"].Text)));

    private static Html Runs(Visit visit, Json runs) => Parts.Section("runs-part", "Runs", Parts.Table(
        "What became of its last times, the newest first", ["Time", "What", "Command"],
        [.. runs["items"].Items.Select(run => Html.Of($"""
            <tr><th scope="row">{Parts.Time(run["at"].Time ?? run["submitted_at"].Time, visit.Now)}</th><td>{(run["result"].IsThere ? Icons.State(run["result"].Text) : Html.None)}{Html.If(run["missed"].IsThere, () => Html.Of($" for {Words.Count(run["missed"].Number, "missed time")}"))}</td>
            <td>{(run["command_id"].IsThere ? Html.Of($"""<a href="{visit.Link("commands", run["command_id"].Text)}">{Icons.State(run["state"].Text)}</a>""") : Html.Of($"none"))}</td></tr>
            """))], Html.Of($"It has not fired yet.")));

    private static Html Actions(Visit visit, Json schedule)
    {
        var path = $"{SchedulesPage.Path}/{Uri.EscapeDataString(schedule["schedule_id"].Text)}";
        var once = schedule["kind"].Text == "once";
        return Html.Of($"""
            {Acts.Reasoned(visit, path + "/trigger", "Fire now", Role.Operator, "Its command is executed now, beside its times.")}
            {Html.If(!once && !schedule["paused"].IsThere, () => Acts.Reasoned(visit, path + "/pause", "Pause", Role.Operator, "It does not fire meanwhile.", fields: Parts.Input("until", "Until", hint: "Such as 2026-01-31 12:00, UTC; until somebody resumes it where nothing is said")))}
            {Html.If(!once && schedule["paused"].IsThere, () => Acts.Reasoned(visit, path + "/resume", "Resume", Role.Operator))}
            {Html.If(!once, () => Acts.WayForAll(visit, path + "/edit", "Edit", ScheduleForm.Needs))}
            {Acts.Reasoned(visit, path + "/delete", once ? "Cancel" : "Delete", Role.Operator, isGrave: true)}
            """);
    }
}
