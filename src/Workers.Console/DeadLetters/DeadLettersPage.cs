using Microsoft.AspNetCore.Http;
using System.Text.Json.Nodes;
using Workers.Engine.Identity;
using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.DeadLetters;

/// <summary>What could not be executed: causes first, then the letters, and what can be done with several.</summary>
internal static class DeadLettersPage
{
    public const string Path = "dead-letters";
    private const int MostAtOnce = 100;

    /// <summary>By what letters are searched, here and in a replay.</summary>
    public static IReadOnlyList<string> Filters { get; } = ["code", "error_type", "frame", "group", "key", "reason", "command_id"];

    public static IReadOnlyList<(string Name, string Value)> FiltersOf(Visit visit) => [.. Filters.Select(name => (name, visit.Query(name))).Where(one => one.Item2.Length > 0)];

    public static async Task<Page> ShowAsync(Visit visit)
    {
        var filters = FiltersOf(visit);
        var (groups, letters, replays) = (visit.ReadAsync(Visit.With("dead-letters/groups", filters)), visit.ReadAsync(Visit.With(Path, [.. filters, ("cursor", visit.Query("cursor"))])), visit.ReadAsync("dead-letters/operations?limit=3"));
        var found = await letters;
        var (total, all) = (found["total"].Number, await groups);
        return new Page("Dead letters", Path, Html.Of($"""
            {Parts.Live("replays", Replays(visit, await replays))}
            {Html.If(filters.Count > 0, () => Html.Of($"""<p>Only {string.Join(", ", filters.Select(one => $"{Words.Of(one.Name).ToLowerInvariant()} {one.Value}"))}. <a href="{visit.Link(Path)}">Show all</a></p>"""))}
            {Parts.Live("causes", Html.If(filters.Count == 0 || all["items"].Items.Skip(1).Any(), () => Causes(visit, all)))}
            {Html.If(total > 0, () => Letters(visit, found, total, filters))}
            """))
        {
            IsLive = visit.Query("cursor").Length == 0,
            Actions = total == 0 ? Html.None : Acts.Way(visit, Visit.With(Path + "/replay", filters), $"Replay {(filters.Count == 0 ? "all" : "these")} {Words.Count(total)}…", Role.Operator),
        };
    }

    /// <summary>Replays, discards or compares those whose boxes are ticked.</summary>
    public static async Task<Page> SelectedAsync(Visit visit, IFormCollection form)
    {
        List<string> ids = [.. form["id"].OfType<string>().Where(id => Guid.TryParse(id, out _)).Take(MostAtOnce)];
        var reason = form["reason"].ToString().Trim();
        switch (form["do"].ToString())
        {
            case "compare":
                return ids.Count == 2 ? Page.Go($"{Path}/compare?a={ids[0]}&b={ids[1]}", "") : Page.Go(Path, $"Two letters are compared; {ids.Count} were selected.", isError: true);
            case "replay" when ids.Count > 0:
                var answer = await visit.SendAsync(HttpMethods.Post, "dead-letters/replay", new() { ["ids"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]), ["reason"] = reason });
                return answer.IsDone ? Page.Go($"{Path}/replays/{answer.Json["operation_id"].Text}", "The replay has begun.") : Page.Go(Path, "Nothing was replayed. " + answer.Error, isError: true);
            case "discard" when ids.Count > 0 && reason.Length == 0:
                return Page.Go(Path, "Discarding takes a reason: the audit trail keeps it. Nothing was discarded.", isError: true);
            case "discard" when ids.Count > 0:
                return await DiscardAsync(visit, ids, reason);
            default:
                return Page.Go(Path, "No letter was selected.", isError: true);
        }
    }

    private static async Task<Page> DiscardAsync(Visit visit, List<string> ids, string reason)
    {
        var (done, problem) = (0, "");
        foreach (var id in ids)
        {
            var answer = await visit.SendAsync(HttpMethods.Post, $"dead-letters/{id}/discard", new() { ["reason"] = reason });
            done += answer.IsDone ? 1 : 0;
            problem = answer.IsDone ? problem : answer.Error;
        }

        return Page.Go(Path, $"{done} of {ids.Count} discarded.{(problem.Length == 0 ? "" : " " + problem)}", isError: done < ids.Count);
    }

    private static Html Replays(Visit visit, Json replays) => Html.Each(replays["items"].Items.Where(one => one["state"].Text == "RUNNING"), one => Html.Of($"""
        <p class="notice ok" role="status">{Icons.State("RUNNING")} A replay is under way: {Words.Count(one["replayed"].Number)} of {Words.Count(one["matched"].Number)}. <a href="{visit.Link(Path + "/replays", one["operation_id"].Text)}">Watch or stop it</a></p>
        """));

    private static Html Causes(Visit visit, Json groups) => Parts.Section("causes", "Causes", Parts.Table(
        "Causes, the most frequent first", ["#Letters", "Cause", "Where", "First", "Last", "Now"],
        [.. groups["items"].Items.Select(group =>
        {
            (string, string)[] filters = [("code", group["code"].Text), ("error_type", group["error_type"].Text), ("frame", group["frame"].Text)];
            return Html.Of($"""
                <tr><td class="number">{Words.Count(group["count"].Number)}</td><th scope="row"><a href="{visit.Link(Path, filters)}">{group["code"].Text}</a><br/><span>{group["message"].Text}</span></th>
                <td><span class="clip">{group["frame"].Text}</span></td><td>{Parts.Time(group["first_at"].Time, visit.Now)}</td><td>{Parts.Time(group["last_at"].Time, visit.Now)}</td>
                <td><a class="way" href="{visit.Link(Path, group["latest_id"].Text)}">The latest</a><a class="way" href="{visit.Link(Path + "/replay", filters)}">Replay all</a></td></tr>
                """);
        })], Html.Of($"{Icons.State("HEALTHY")} No dead letters: everything that was accepted was executed, or refused by a rule.")),
        beside: Html.Of($"""<a href="{visit.Link(Path + "/replays")}">Replays</a>"""));

    private static Html Letters(Visit visit, Json found, long total, IReadOnlyList<(string, string)> filters)
    {
        var rows = found["items"].Items.Select(one => Html.Of($"""
            <tr><td><input type="checkbox" name="id" value="{one["id"].Text}" aria-label="Select {one["type"].Text} {one["id"].Text}"/></td><th scope="row"><a href="{visit.Link(Path, one["id"].Text)}">{(one["type"].IsThere ? one["type"].Text : "Unreadable")}</a>{Html.If(one["edited"].IsThere, () => Html.Of($" <small>edited</small>"))}</th>
            <td>{Parts.Code(one["key"].Text)}</td><td>{one["code"].Text}</td><td><span class="clip">{one["message"].Text}</span></td><td class="number">{one["attempts"].Number}</td><td>{Parts.Time(one["last_at"].Time, visit.Now)}</td></tr>
            """)).ToList();
        var table = Parts.Live("letters", Html.Of($"""
            {Parts.Table("Dead letters, the newest first", ["Select", "Command", "About", "Code", "Message", "#Attempts", "Last"], rows, Html.None)}{Pager.Of(visit, Path, found, filters)}
            """));
        return Parts.Section("letters-part", $"{Words.Count(total, "letter")}", Html.Of($"""
            <form method="post" action="{visit.Root}{Path}/selected">{Acts.Token(visit)}{table}
            <div class="filters with"><label hidden><input type="checkbox" data-all/> All on this page</label> <span id="selected" role="status">With those selected:</span>
            {Html.If(visit.May(Role.Operator), () => Html.Of($"""{Parts.Input("reason", "Reason")}<button name="do" value="replay">Replay</button> <button class="grave" name="do" value="discard">Discard</button>"""))}
            {Html.If(!visit.May(Role.Operator), () => Html.Of($"""<span class="denied"><button type="button" disabled>Replay</button><button type="button" disabled>Discard</button><small>{Acts.Needed(Role.Operator)}</small></span>"""))}
            <button name="do" value="compare">Compare two</button></div></form>
            """));
    }
}
