using Microsoft.AspNetCore.Http;
using Workers.Engine.Identity;
using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.Commands;

/// <summary>One command: what it is, how it went, what it came of and what came of it, who did it; and what can be done now.</summary>
internal static class CommandPage
{
    private const Role MayAct = Role.Submitter | Role.Operator;

    public static async Task<Page> ShowAsync(Visit visit)
    {
        var command = await visit.ReadAsync(Of(visit));
        var id = command["id"].Text;
        var flow = Related.FlowAsync(visit, command);
        var (steps, audit, related, letters) = (visit.ReadAsync($"{id}/events"), visit.ReadAsync($"audit?command_id={id}&limit=50"), Related.LookAsync(visit, command, flow), LettersAsync(visit, command));
        var body = Html.Of($"""
            {Parts.Live("facts", Html.Of($"""{Trouble(visit, command, await letters, await flow)}{Facts(visit, command)}"""))}
            <div class="two">
            {Parts.Live("timeline", Timeline(visit, command, await steps))}
            {Parts.Live("related", await related)}
            </div>
            {Parts.Section("data", "Data", Parts.Block(command["data"].IsThere ? command["data"].Indented : "It has none.", "Data of the command; what nobody should read is hidden"))}
            {Html.If(command["result"].IsThere, () => Parts.Section("result", "Result", Parts.Block(command["result"].Indented, "Result of the command")))}
            {Parts.Live("audit", Audit(visit, await audit))}
            {SendAgain.Of(visit, command)}
            """);
        return new Page(command["type"].Text, "commands", body) { IsLive = true, Actions = Html.Of($"""<div id="actions" data-live class="actions">{Actions(visit, command)}</div>""") };
    }

    public static Task<Page> CancelAsync(Visit visit, IFormCollection form) => Doing.Async(visit, form, HttpMethods.Post, Of(visit) + "/cancel", $"commands/{Of(visit)}", "It is cancelled.", "The worker is told to cancel it.");

    public static Task<Page> UndoAsync(Visit visit, IFormCollection form) =>
        Doing.Async(visit, form, HttpMethods.Post, "undo", $"commands/{Of(visit)}", "It is undone.", "Undoing has begun.", new() { ["command_id"] = visit.Segment("id") });

    public static Task<Page> SendAgainAsync(Visit visit, IFormCollection form) => SendAgain.DoAsync(visit, form);

    private static string Of(Visit visit) => Uri.EscapeDataString(visit.Segment("id"));

    private static Html Actions(Visit visit, Json command)
    {
        var (path, links) = ($"commands/{Uri.EscapeDataString(command["id"].Text)}", command["links"]);
        return Html.Of($"""
            {Html.If(links["cancel"].IsThere, () => Acts.Reasoned(visit, path + "/cancel", "Cancel", MayAct, "It is not executed any more, if it has not begun."))}
            {Html.If(links["undo"].IsThere, () => Acts.Reasoned(visit, path + "/undo", "Undo", MayAct, "What it has done is taken back by a command of its own.", isGrave: true))}
            """);
    }

    private static Html Facts(Visit visit, Json command) => Parts.Facts(
        ("State", Icons.State(command["state"].Text)),
        ("Id", Parts.Code(command["id"].Text)),
        ("The caller's id", command["command_id"].Text == command["id"].Text ? Html.None : Parts.Code(command["command_id"].Text)),
        ("Kind", Html.Of($"""<a href="{visit.Link("commands", ("kind", command["kind"].Text))}">{command["kind"].Text}</a>""")),
        ("About", Html.Of($"""<a href="{visit.Link("commands", ("key", command["key"].Text))}">{Parts.Code(command["key"].Text)}</a>""")),
        ("Accepted", Parts.Exactly(command["submitted_at"].Time)),
        ("To run", command["scheduled_at"].IsThere ? Parts.Exactly(command["scheduled_at"].Time) : Html.None),
        ("Waited", Between(command["submitted_at"], command["started_at"])),
        ("Ran", Between(command["started_at"], command["completed_at"])),
        ("Attempts", Parts.Text(Words.Count(command["attempts"].Number))),
        ("User", command["user_id"].IsThere ? Html.Of($"""<a href="{visit.Link("commands", ("user_id", command["user_id"].Text))}">{command["user_id"].Text}</a>""") : Html.None),
        ("Schedule", command["schedule_id"].IsThere ? Html.Of($"""<a href="{visit.Link("schedules", command["schedule_id"].Text)}">{command["schedule_id"].Text}</a>""") : Html.None),
        ("Trace", Trace(visit, command["trace_id"])));

    /// <summary>The way to where traces are looked at, if that is known; else the id alone.</summary>
    private static Html Trace(Visit visit, Json id) => !id.IsThere ? Html.None
        : visit.Options.TraceOf(id.Text) is { } url ? Html.Of($"""<a href="{url}" rel="noreferrer">{Parts.Code(id.Text)}</a>""")
        : Parts.Code(id.Text);

    private static Html Between(Json from, Json to) => to.Time - from.Time is { } time ? Parts.Text(Words.Length(time)) : Html.None;

    private static async Task<List<Json>> LettersAsync(Visit visit, Json command) =>
        command["state"].Text == "DEAD_LETTERED" ? [.. (await visit.ReadAsync($"dead-letters?command_id={command["id"].Text}&limit=10"))["items"].Items] : [];

    /// <summary>What went wrong, with the way to mend it.</summary>
    private static Html Trouble(Visit visit, Json command, List<Json> letters, Html flow)
    {
        if (!command["error"].IsThere)
        {
            return Html.None;
        }

        var error = command["error"];
        return Html.Of($"""
            <div class="answer bad"><h2>{Icons.Alarm}{(error["code"].IsThere ? error["code"].Text : "It has failed")}</h2><p>{error["message"].Text}</p>
            {Html.Each(error["errors"].Members, field => Html.Of($"<p><code>{field.Name}</code>: {string.Join("; ", field.Value.Texts)}</p>"))}
            {Html.Each(letters, letter => Html.Of($"""<p><a class="button" href="{visit.Link("dead-letters", letter["id"].Text)}">Repair it: edit and replay its dead letter</a></p>"""))}
            {flow}
            {Html.If(command["state"].Text == "FAILED", () => Html.Of($"""<p class="quiet">A rule said no, so it is not tried again. {(SendAgain.IsOffered(command) ? Html.Of($"""Mend the cause, then <a href="#again">send it again</a>.""") : Html.Of($"What sent it has been told, and goes on from there."))}</p>"""))}</div>
            """);
    }

    private static Html Timeline(Visit visit, Json command, Json steps)
    {
        List<Json> all = [.. steps["items"].Items];
        var items = all.Select((step, at) =>
        {
            var since = at > 0 && step["at"].Time - all[at - 1]["at"].Time is { } time ? Html.Of($"""<span class="quiet"> after {Words.Length(time)}</span>""") : Html.None;
            var next = step["next_at"].IsThere ? Html.Of($"<p>Tried again {Parts.Time(step["next_at"].Time, visit.Now)}</p>") : Html.None;
            var error = step["error"].IsThere ? Html.Of($"<p>{step["error"]["code"].Text}: {step["error"]["message"].Text}</p>") : Html.None;
            var attempts = step["attempts"].Number > 1 ? Html.Of($"""<p>{Words.Count(step["attempts"].Number, "attempt")}</p>""") : Html.None;
            return Html.Of($"<li>{Icons.State(step["state"].Text)} {Parts.Exactly(step["at"].Time)}{since}{attempts}{error}{next}</li>");
        });
        return Parts.Section("timeline", "Timeline", Html.Of($"""<ol class="line">{Html.Join(items)}</ol>"""));
    }

    private static Html Audit(Visit visit, Json audit)
    {
        var rows = audit["items"].Items.Select(entry => Html.Of($"""
            <tr><th scope="row"><a href="{visit.Link("audit", entry["id"].Text)}">{entry["action"].Text}</a></th><td>{entry["entity_type"].Text} {Parts.Code(entry["entity_id"].Text)}</td><td>{entry["actor"].Text}</td>
            <td>{Parts.Time(entry["at"].Time, visit.Now)}</td><td>{(entry["outcome"].IsThere ? Icons.State(entry["outcome"].Text) : Html.None)}</td><td>{entry["reason"].Text}</td></tr>
            """)).ToList();
        return Parts.Section("audit", "Audit trail", Parts.Table("Audit trail of the command", ["Action", "Of", "By", "When", "Outcome", "Reason"], rows, Html.Of($"Nothing of it is in the audit trail yet.")));
    }
}
