using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Workers.Engine.Identity;
using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.DeadLetters;

/// <summary>Putting many dead letters back: which they are, how fast, how far it is, and its end.</summary>
internal static class ReplayPages
{
    private const string Path = DeadLettersPage.Path + "/replays";
    private const int Shown = 20;

    // A letter has a reason, and so has its replay.
    private const string Filter = "filter.";

    /// <summary>A dry run: exactly which letters the filter finds now.</summary>
    public static async Task<Page> AskAsync(Visit visit)
    {
        var filters = DeadLettersPage.FiltersOf(visit);
        if (!visit.May(Role.Operator))
        {
            return new Page("Replay dead letters", DeadLettersPage.Path, Html.Of($"<p>Replaying {Acts.Needed(Role.Operator)}.</p>")) { Status = StatusCodes.Status403Forbidden };
        }

        var answer = await visit.SendAsync(HttpMethods.Post, "dead-letters/replay", Body(filters, [("dry_run", true)]));
        if (!answer.IsDone)
        {
            throw new Inward.RefusedException(answer);
        }

        var found = answer.Json;
        var rows = found["items"].Items.Take(Shown).Select(one => Html.Of($"""
            <tr><th scope="row"><a href="{visit.Link(DeadLettersPage.Path, one["id"].Text)}">{one["id"].Text}</a></th><td>{Parts.Code(one["key"].Text)}</td><td>{one["group"].Text}</td></tr>
            """)).ToList();
        var matched = found["matched"].Number;
        return new Page("Replay dead letters", DeadLettersPage.Path, Html.Of($"""
            <p>Dry run: {Words.Count(matched, "letter")} would go back{(filters.Count == 0 ? ", all that there are" : ": " + string.Join(", ", filters.Select(one => $"{Words.Of(one.Name).ToLowerInvariant()} {one.Value}")))}. The oldest go first, of each key in their order.</p>
            {Html.If(matched > 0, () => Html.Of($"""
                <form method="post" action="{visit.Root}{DeadLettersPage.Path}/replay" class="card narrow">{Acts.Token(visit)}{Html.Each(filters, one => Parts.Hidden(Filter + one.Name, one.Value))}
                {Parts.Input("rate", "Letters a second", "100", "number", "1 to 1,000")}{Parts.Input("limit", "At most", "", "number", "All of them where nothing is said")}
                {Parts.Input("reason", "Reason", hint: "The audit trail keeps it.")}
                <button class="main">Replay {Words.Count(matched)}</button></form>
                <h2>The first {Words.Count(rows.Count)} of them</h2>{Parts.Table("Letters that would go back", ["Letter", "About", "Group"], rows, Html.None)}
                """))}
            """));
    }

    public static async Task<Page> StartAsync(Visit visit, IFormCollection form)
    {
        List<(string, string)> filters = [.. DeadLettersPage.Filters.Select(name => (name, form[Filter + name].ToString())).Where(one => one.Item2.Length > 0)];
        List<(string, JsonNode?)> more = [("reason", form["reason"].ToString())];
        foreach (var name in (string[])["rate", "limit"])
        {
            var text = form[name].ToString().Trim();
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                more.Add((name, number));
            }
            else if (text.Length > 0)
            {
                return Page.Go(Visit.With(DeadLettersPage.Path + "/replay", filters), $"Nothing was replayed. {Words.Of(name)} must be a whole number; it is {text}.", isError: true);
            }
        }

        var answer = await visit.SendAsync(HttpMethods.Post, "dead-letters/replay", Body(filters, more));
        return answer.IsDone
            ? Page.Go($"{Path}/{answer.Json["operation_id"].Text}", "The replay has begun.")
            : Page.Go(Visit.With(DeadLettersPage.Path + "/replay", filters), "Nothing was replayed. " + answer.Error, isError: true);
    }

    public static async Task<Page> ListAsync(Visit visit)
    {
        var found = await visit.ReadAsync(Visit.With("dead-letters/operations", ("cursor", visit.Query("cursor"))));
        var rows = found["items"].Items.Select(one => Html.Of($"""
            <tr><th scope="row"><a href="{visit.Link(Path, one["operation_id"].Text)}">{Parts.Time(one["started_at"].Time, visit.Now)}</a></th><td>{Icons.State(one["state"].Text)}</td>
            <td class="number">{Words.Count(one["replayed"].Number)} of {Words.Count(one["matched"].Number)}</td><td>{one["by"].Text}</td><td>{one["reason"].Text}</td></tr>
            """)).ToList();
        return new Page("Replays", DeadLettersPage.Path, Html.Of($"""
            {Parts.Live("replays", Parts.Table("Replays, the newest first", ["Begun", "State", "#Went back", "By", "Reason"], rows, Html.Of($"Nobody has replayed several letters yet.")))}{Pager.Of(visit, Path, found, [])}
            """))
        { IsLive = true };
    }

    public static async Task<Page> OneAsync(Visit visit)
    {
        var one = await visit.ReadAsync($"dead-letters/operations/{Uri.EscapeDataString(visit.Segment("id"))}");
        var (requested, matched) = (one["requested"].Number, one["matched"].Number);
        return new Page("Replay", DeadLettersPage.Path, Parts.Live("replay", Html.Of($"""
            <p><label>{Words.Count(requested)} of {Words.Count(matched)} <progress max="{Math.Max(1, matched)}" value="{Math.Min(requested, matched)}"></progress></label></p>
            {Parts.Facts(
                ("State", Icons.State(one["state"].Text)), ("Went back", Parts.Text(Words.Count(one["replayed"].Number))), ("Taken by others before", Parts.Text(Words.Count(one["skipped"].Number))),
                ("Wait behind others of their key", Parts.Text(Words.Count(one["pending"].Number))), ("Letters a second", Parts.Text(Words.Count(one["rate"].Number))), ("By", Parts.Text(one["by"].Text)),
                ("Reason", Parts.Text(one["reason"].Text)), ("Begun", Parts.Exactly(one["started_at"].Time)), ("Ended", one["ended_at"].IsThere ? Parts.Exactly(one["ended_at"].Time) : Html.None),
                ("Which", Parts.Text(string.Join(", ", one["filter"].Members.Select(filter => $"{filter.Name} {filter.Value.Text}")))))}
            <p><a href="{visit.Link(DeadLettersPage.Path)}">To the dead letters</a></p>
            """)))
        {
            IsLive = true,
            Actions = one["state"].Text == "RUNNING" ? Acts.Reasoned(visit, $"{Path}/{one["operation_id"].Text}/stop", "Stop", Role.Operator, "What went back stays so.", isGrave: true) : Html.None,
        };
    }

    public static Task<Page> StopAsync(Visit visit, IFormCollection form)
    {
        var id = Uri.EscapeDataString(visit.Segment("id"));
        return Doing.Async(visit, form, HttpMethods.Post, $"dead-letters/operations/{id}/cancel", $"{Path}/{id}", "It is stopped.");
    }

    private static JsonObject Body(IEnumerable<(string Name, string Value)> filters, IEnumerable<(string Name, JsonNode? Value)> more)
    {
        var body = new JsonObject { ["filter"] = new JsonObject(filters.Select(one => KeyValuePair.Create(one.Name, (JsonNode?)one.Value))) };
        foreach (var (name, value) in more)
        {
            body[name] = value;
        }

        return body;
    }
}
