using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Identity;
using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.Schedules;

/// <summary>A schedule that fires again and again, made or changed; what it would come to is shown while it is written.</summary>
internal static class ScheduleForm
{
    /// <summary>Each of them: a schedule is an operator's, and what it has executed is sent by whoever makes it.</summary>
    public const Role Needs = Role.Operator | Role.Submitter;

    private const int Times = 5;
    private static readonly string[] s_texts = ["cron", "interval", "time_zone", "misfire", "overlap", "jitter", "start_at", "end_at", "description", "owner"];

    public static Task<Page> NewAsync(Visit visit) => Task.FromResult(Shown(visit, null, new Dictionary<string, string>
    {
        ["type"] = "SendNotification",
        ["data"] = "{\n  \"user_id\": \"ada\",\n  \"channel\": \"email\",\n  \"title\": \"Good morning\",\n  \"message\": \"It is nine o'clock\"\n}",
        ["cron"] = "0 0 9 ? * MON-FRI",
        ["time_zone"] = "UTC",
    }, Html.None));

    public static async Task<Page> EditAsync(Visit visit)
    {
        var schedule = await visit.ReadAsync($"scheduled/{Uri.EscapeDataString(visit.Segment("id"))}");
        var values = s_texts.ToDictionary(name => name, name => schedule[name].Text);
        values["type"] = schedule["command"]["type"].Text;
        values["data"] = schedule["command"]["data"].Indented;
        values["tags"] = string.Join(", ", schedule["tags"].Texts);
        values["weekdays"] = string.Join(", ", schedule["calendar"]["weekdays"].Texts);
        values["dates"] = string.Join(", ", schedule["calendar"]["dates"].Texts);
        return Shown(visit, visit.Segment("id"), values, Html.None);
    }

    /// <summary>The part of the page that says what would come of it: asked for by the script while somebody writes.</summary>
    public static async Task<Page> PreviewAsync(Visit visit, IFormCollection form) =>
        new("Preview", SchedulesPage.Path, await ComesToAsync(visit, form.ToDictionary(one => one.Key, one => one.Value.ToString())));

    public static async Task<Page> SaveAsync(Visit visit, IFormCollection form)
    {
        var (id, values) = (visit.Segment("id") is { Length: > 0 } said ? said : null, form.ToDictionary(one => one.Key, one => one.Value.ToString()));
        if (values.GetValueOrDefault("do") == "preview")
        {
            return Shown(visit, id, values, await ComesToAsync(visit, values));
        }

        if (Body(values) is not { } body)
        {
            return Shown(visit, id, values, Html.None) with { Status = StatusCodes.Status400BadRequest, Notice = new("The command's data is no JSON object.", IsError: true) };
        }

        body["reason"] = values.GetValueOrDefault("reason");
        if (id is null && values.GetValueOrDefault("schedule_id") is { Length: > 0 } named)
        {
            body["schedule_id"] = named.Trim();
        }

        var answer = id is null ? await visit.SendAsync(HttpMethods.Post, "schedule", body) : await visit.SendAsync(HttpMethods.Put, $"scheduled/{Uri.EscapeDataString(id)}", body);
        return answer.IsDone
            ? Page.Go($"{SchedulesPage.Path}/{Uri.EscapeDataString(answer.Json["schedule_id"].IsThere ? answer.Json["schedule_id"].Text : id ?? "")}", id is null ? "The schedule is made." : "The schedule is changed.")
            : Shown(visit, id, values, Html.None) with { Status = answer.Status, Notice = new("Nothing was saved. " + answer.Error, IsError: true) };
    }

    private static async Task<Html> ComesToAsync(Visit visit, IReadOnlyDictionary<string, string> values)
    {
        if (Body(values) is not { } body)
        {
            return Preview(Html.Of($"<p>The command's data is no JSON object.</p>"));
        }

        var answer = await visit.SendAsync(HttpMethods.Post, $"scheduled/preview?limit={Times.ToString(CultureInfo.InvariantCulture)}", body);
        return Preview(answer.IsDone ? Html.Of($"<p><strong>{answer.Json["in_words"].Text}</strong></p>{SchedulePage.Upcoming(visit, answer.Json)}") : Html.Of($"<p>{Icons.Alarm} {answer.Error}</p>"));
    }

    private static Html Preview(Html content) => Html.Of($"""<div id="preview" role="status">{content}</div>""");

    private static JsonObject? Body(IReadOnlyDictionary<string, string> values)
    {
        JsonNode? data;
        try
        {
            data = Json.Node(values.GetValueOrDefault("data") is { Length: > 0 } text ? text : "{}");
        }
        catch (JsonException)
        {
            return null;
        }

        if (data is not JsonObject members)
        {
            return null;
        }

        var body = new JsonObject { ["command"] = new JsonObject { ["type"] = values.GetValueOrDefault("type", "").Trim(), ["data"] = members } };
        foreach (var name in s_texts)
        {
            if (values.GetValueOrDefault(name)?.Trim() is { Length: > 0 } value)
            {
                body[name] = value;
            }
        }

        var (tags, weekdays, dates) = (List(values, "tags"), List(values, "weekdays"), List(values, "dates"));
        if (tags.Count > 0)
        {
            body["tags"] = tags;
        }

        if (weekdays.Count + dates.Count > 0)
        {
            body["calendar"] = new JsonObject { ["weekdays"] = weekdays, ["dates"] = dates };
        }

        return body;
    }

    private static JsonArray List(IReadOnlyDictionary<string, string> values, string name) =>
        [.. values.GetValueOrDefault(name, "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(one => (JsonNode)one)];

    private static Page Shown(Visit visit, string? id, IReadOnlyDictionary<string, string> values, Html preview)
    {
        var path = id is null ? SchedulesPage.Path + "/new" : $"{SchedulesPage.Path}/{Uri.EscapeDataString(id)}/edit";
        string of(string name) => values.GetValueOrDefault(name, "");
        return new Page(id is null ? "New schedule" : $"Change {id}", SchedulesPage.Path, Html.Of($"""
            <div class="two"><form method="post" action="{visit.Root}{path}" class="card" data-preview="preview" data-from="{visit.Root}{SchedulesPage.Path}/preview">{Acts.Token(visit)}
            {Html.If(id is null, () => Parts.Input("schedule_id", "Name", of("schedule_id"), hint: "Made where nothing is said"))}
            {Parts.Choice("type", "Command", CommandCatalog.All.Where(info => !info.IsInternal).Select(info => info.Name).Append(of("type")).Where(name => name.Length > 0).Distinct().Order(StringComparer.Ordinal).Select(name => (name, name)), of("type"))}
            {Parts.Area("data", "Its data", of("data"), 7, "JSON; what is shown as *** has to be filled in")}
            {Parts.Input("cron", "Cron", of("cron"), hint: "Second, minute, hour, day of month, month, day of week: 0 0 9 ? * MON-FRI")}
            {Parts.Input("interval", "Or each", of("interval"), hint: "90s, 15m, 2h, 1d, instead of cron")}
            {Parts.Input("time_zone", "Time zone", of("time_zone"), hint: "Such as Europe/Berlin")}
            {Parts.Choice("misfire", "Times that were missed", [("fire_now", "fire once for all of them"), ("skip", "skip them"), ("fire_all", "fire each")], of("misfire"))}
            {Parts.Choice("overlap", "While the last still runs", [("allow", "fire all the same"), ("skip", "skip the time"), ("queue", "wait for it")], of("overlap"))}
            {Parts.Input("jitter", "Jitter", of("jitter"), hint: "Up to so much later: 30s")}{Parts.Input("start_at", "Not before", of("start_at"), hint: "2026-01-31T12:00:00Z")}{Parts.Input("end_at", "Not after", of("end_at"))}
            {Parts.Input("weekdays", "Not on these days", of("weekdays"), hint: "SAT, SUN")}{Parts.Input("dates", "Not on these dates", of("dates"), hint: "2026-12-25, or each year 12-25")}
            {Parts.Input("description", "What it is for", of("description"))}{Parts.Input("owner", "Owner", of("owner"))}{Parts.Input("tags", "Tags", of("tags"), hint: "With commas between")}{Parts.Input("reason", "Reason", hint: "The audit trail keeps it.")}
            {(visit.MayAll(Needs) ? Html.Of($"""<button class="main">{(id is null ? "Make it" : "Change it")}</button>""") : Html.Of($"""<span class="denied"><button type="button" disabled>{(id is null ? "Make it" : "Change it")}</button><small>{Acts.NeededAll(Needs)}</small></span>"""))} <button name="do" value="preview">Preview</button></form>
            <section aria-labelledby="preview-title"><h2 id="preview-title">When it would fire</h2>{(preview.IsEmpty ? Preview(Html.Of($"<p>The next times stand here while it is written, or after Preview.</p>")) : preview)}</section></div>
            """));
    }
}
