using Microsoft.AspNetCore.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Identity;
using Workers.Pages.Commands;
using Workers.Pages.Frames;
using Workers.Pages.Markup;
using Workers.Pages.Overview;

namespace Workers.Pages.Queues;

/// <summary>What waits: by kind, by key, by partition; and holding commands back.</summary>
internal static class QueuesPage
{
    public const string Path = "queues";
    private const int Most = 200;
    private const int Shown = 25;

    public static async Task<Page> ShowAsync(Visit visit)
    {
        var (workers, partitions, parked) = (visit.ReadAsync("workers"), visit.ReadAsync("partitions"), visit.ReadAsync($"parked-keys?limit={Most}"));
        var metrics = await visit.ReadAsync(Visit.With("metrics", ("from", Words.Iso(visit.Now.AddMinutes(-60)))));
        List<Json> processes = [.. (await workers)["items"].Items];
        List<Json> pauses = [.. processes.SelectMany(worker => worker["pauses"].Items).DistinctBy(pause => (pause["queue"].Text, pause["type"].Text, pause["key"].Text))];
        var kinds = await Task.WhenAll(CommandCatalog.Kinds.Order(StringComparer.Ordinal).Select(async kind => (kind, Waiting: await visit.ReadAsync(OldestWaiting.Query(kind)),
            Retrying: await visit.ReadAsync(Visit.With("", ("kind", kind), ("state", "RETRYING"), ("limit", "1"))))));
        var queue = kinds.Any(one => OldestWaiting.IsOpen(one.Waiting)) ? await visit.ReadAsync(OldestWaiting.Queue) : default;
        return new Page("Queues", Path, Html.Of($"""
            {Parts.Live("pauses", Pauses(visit, pauses))}
            {Parts.Live("kinds", Parts.Section("by-kind", "By kind", Parts.Table("What waits, by kind", ["Kind", "#Waits or runs", "#Retrying", "Oldest", "#Wait p95", "#Run p95", "State", "Do"],
                [.. kinds.Select(one => Kind(visit, one.kind, one.Waiting, OldestWaiting.Of(one.Waiting) ?? OldestWaiting.In(queue, one.kind), CommandsPage.CountOf(one.Retrying), pauses, metrics))], Html.None)))}
            <div class="two">{Parts.Live("parked", Parked(visit, await parked))}{Parts.Live("hot", HotKeys.Of(visit, await parked, processes))}</div>
            {Parts.Live("partitions", PartitionTables.Of(await partitions))}
            """))
        {
            IsLive = true,
            Actions = Acts.Reasoned(visit, Path + "/clear", "Clear the queue", Role.Operator, "What waits and came by the queue is cancelled; what flows, undos and timers sent stays.", isGrave: true),
        };
    }

    public static async Task<Page> PauseAsync(Visit visit, IFormCollection form)
    {
        try
        {
            var (kind, type, key) = (form["kind"].ToString(), form["type"].ToString().Trim(), form["key"].ToString().Trim());
            return await Doing.Async(visit, form, HttpMethods.Post, $"queues/{Uri.EscapeDataString(kind)}/pause", Path, $"{kind} is paused.", body: Narrowed(type, key, Doing.Time(form, "until")));
        }
        catch (FormatException error)
        {
            return Page.Go(Path, "Nothing was paused. " + error.Message, isError: true);
        }
    }

    public static Task<Page> ResumeAsync(Visit visit, IFormCollection form) => Doing.Async(
        visit, form, HttpMethods.Post, $"queues/{Uri.EscapeDataString(form["kind"].ToString())}/resume", Path, $"{form["kind"]} goes on.", body: Narrowed(form["type"].ToString(), form["key"].ToString(), null));

    public static async Task<Page> ClearAsync(Visit visit, IFormCollection form)
    {
        var answer = await visit.SendAsync(HttpMethods.Delete, "queue", new() { ["reason"] = form["reason"].ToString() });
        return answer.IsDone ? Page.Go(Path, $"{Words.Count(answer.Json["cancelled"].Number, "command")} cancelled.") : Page.Go(Path, "Nothing was cancelled. " + answer.Error, isError: true);
    }

    private static System.Text.Json.Nodes.JsonObject Narrowed(string type, string key, string? until)
    {
        var body = new System.Text.Json.Nodes.JsonObject();
        foreach (var (name, value) in ((string, string?)[])[("type", type), ("key", key), ("until", until)])
        {
            if (!string.IsNullOrEmpty(value))
            {
                body[name] = value;
            }
        }

        return body;
    }

    private static Html Pauses(Visit visit, List<Json> pauses) => Html.If(pauses.Count > 0, () => Parts.Section("paused", "Paused", Parts.Table(
        "What is paused", ["What", "Reason", "By", "Since", "Until", "Do"],
        [.. pauses.Select(pause => Html.Of($"""
            <tr><th scope="row">{Icons.State("PAUSED")} {pause["queue"].Text} {pause["type"].Text} {Html.If(pause["key"].IsThere, () => Parts.Code(pause["key"].Text))}</th><td>{pause["reason"].Text}</td><td>{pause["by"].Text}</td>
            <td>{Parts.Time(pause["at"].Time, visit.Now)}</td><td>{(pause["until"].IsThere ? Parts.Exactly(pause["until"].Time) : Html.Of($"somebody resumes it"))}</td>
            <td>{Acts.Button(visit, Path + "/resume", "Resume", Role.Operator, Html.Of($"{Parts.Hidden("kind", pause["queue"].Text)}{Parts.Hidden("type", pause["type"].Text)}{Parts.Hidden("key", pause["key"].Text)}"))}</td></tr>
            """))], Html.None)));

    private static Html Kind(Visit visit, string kind, Json waiting, DateTimeOffset? oldest, string retrying, List<Json> pauses, Json metrics)
    {
        var figures = metrics["kinds"].Items.FirstOrDefault(one => one["type"].Text == kind);
        var isPaused = pauses.Any(pause => pause["queue"].Text == kind && !pause["type"].IsThere && !pause["key"].IsThere);
        return Html.Of($"""
            <tr><th scope="row">{kind}</th><td class="number"><a href="{visit.Link("commands", ("kind", kind), ("state", "QUEUED"))}">{CommandsPage.CountOf(waiting)}</a></td><td class="number"><a href="{visit.Link("commands", ("kind", kind), ("state", "RETRYING"))}">{retrying}</a></td>
            <td>{Parts.Time(oldest, visit.Now)}</td><td class="number">{Overview.OverviewPage.Spent(figures, "queue_ms")}</td><td class="number">{Overview.OverviewPage.Spent(figures, "run_ms")}</td><td>{Icons.State(isPaused ? "PAUSED" : "ACTIVE")}</td>
            <td>{(isPaused ? Acts.Button(visit, Path + "/resume", $"Resume {kind}", Role.Operator, Parts.Hidden("kind", kind)) : Pause(visit, kind))}</td></tr>
            """);
    }

    private static Html Pause(Visit visit, string kind) => Acts.Form(visit, $"{Path}/pause", $"Pause {kind}", Role.Operator, Html.Of($"""
        {Parts.Hidden("kind", kind)}{Parts.Input("type", "Only commands of this name")}{Parts.Input("key", "Only those about")}{Parts.Input("reason", "Reason", required: true)}{Parts.Input("until", "Until", hint: "Such as 2026-01-31 12:00, UTC; until somebody resumes it where nothing is said")}
        """), "What comes meanwhile is accepted and waits.");

    private static Html Parked(Visit visit, Json parked) => Parts.Section("parked-keys", "Keys set aside", Html.Of($"""
        {Parts.Table("Keys whose commands wait for another attempt or behind a pause", ["About", "First of it", "#Waits", "#Attempts", "Tried again", "Why"],
            [.. parked["items"].Items.Take(Shown).Select(one => Html.Of($"""
                <tr><td>{Parts.Code(one["key"].Text)}</td><th scope="row"><a href="{visit.Link("commands", one["command_id"].Text)}">{one["type"].Text}</a></th><td class="number">{Words.Count(one["records"].Number)}</td><td class="number">{one["attempts"].Number}</td>
                <td>{(one["due_at"].IsThere ? Parts.Time(one["due_at"].Time, visit.Now) : Html.Of($"when it goes on"))}</td><td><span class="clip">{(one["error"].IsThere ? one["error"].Text : Words.Of(one["reason"].Text))}</span></td></tr>
                """))], Html.Of($"No key is held back, and nothing is being retried."))}
        {Html.If(parked["items"].Items.Skip(Shown).Any(), () => Html.Of($"""<p class="quiet">These are {Shown} of {CommandsPage.CountOf(parked)}, the oldest first.</p>"""))}
        """));
}
