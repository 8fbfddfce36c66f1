using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Workers.Engine.Identity;
using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.Operations;

/// <summary>Doing something with many: which they are, how many exactly, how far it is, and its end. It begins when somebody has written that number.</summary>
internal sealed class WorkPages(Work work)
{
    private const int Shown = 20;

    // What is filtered by may be called as a field of the form is.
    private const string Filter = "filter.";

    /// <summary>A dry run: exactly what the filter finds now.</summary>
    public async Task<Page> AskAsync(Visit visit)
    {
        var title = $"{work.Verb} {work.One}s";
        if (!visit.May(Role.Operator))
        {
            return new Page(title, work.List, Html.Of($"<p>To {work.Verb.ToLowerInvariant()} many {Acts.Needed(Role.Operator)}.</p>")) { Status = StatusCodes.Status403Forbidden };
        }

        var said = work.FiltersOf(visit);
        var answer = await visit.SendAsync(HttpMethods.Post, work.Api.Start, Body(said, [("dry_run", true)]));
        if (!answer.IsDone)
        {
            throw new Inward.RefusedException(answer);
        }

        var (found, matched) = (answer.Json, answer.Json["matched"].Number);
        return new Page(title, work.List, Html.Of($"""
            <p>Dry run: {Words.Count(matched, work.One)} would be {work.Done}{(said.Count == 0 ? ", all that there are" : ": " + Work.Which(said))}.{(matched == 0 ? "" : " " + work.Promise)}</p>
            {(matched > 0 ? Confirm(visit, found, said) : Html.Of($"""<p class="empty">There is nothing to be {work.Done} now.</p>"""))}
            <p><a href="{visit.Link(work.List, said)}">Back to the list</a></p>
            """));
    }

    public async Task<Page> StartAsync(Visit visit, IFormCollection form)
    {
        List<(string, string)> filter = [.. work.Filters.Select(name => (name, form[Filter + name].ToString())).Where(one => one.Item2.Length > 0)];

        // The dry run that follows looks until its own moment.
        var again = Visit.With(work.Ask, filter.Where(one => one.Item1 != "to"));
        var (expected, rate) = (form["expected"].ToString().Trim().Replace(",", "", StringComparison.Ordinal), form["rate"].ToString().Trim());
        if (expected != form["matched"].ToString() || !int.TryParse(expected, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return Page.Go(again, $"Nothing was {work.Done}. To confirm it write the number of {work.One}s: {form["matched"]}, not {expected}.", isError: true);
        }

        List<(string, JsonNode?)> more = [("expected", count), ("reason", form["reason"].ToString())];
        if (int.TryParse(rate, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            more.Add(("rate", number));
        }
        else if (rate.Length > 0)
        {
            return Page.Go(again, $"Nothing was {work.Done}. {Capital(work.One)}s a second must be a whole number; it is {rate}.", isError: true);
        }

        var answer = await visit.SendAsync(HttpMethods.Post, work.Api.Start, Body(filter, more));
        return answer.IsDone ? Page.Go($"{work.Path}/{answer.Json["operation_id"].Text}", $"The {work.Name} has begun.") : Page.Go(again, $"Nothing was {work.Done}. {answer.Error}", isError: true);
    }

    public async Task<Page> ListAsync(Visit visit)
    {
        var found = await visit.ReadAsync(Visit.With(work.Api.Operations, ("cursor", visit.Query("cursor"))));
        var rows = found["items"].Items.Select(one => Html.Of($"""
            <tr><th scope="row"><a href="{visit.Link(work.Path, one["operation_id"].Text)}">{Parts.Time(one["started_at"].Time, visit.Now)}</a></th><td>{Icons.State(one["state"].Text)}</td>
            <td class="number">{Words.Count(one[work.Done].Number)} of {Words.Count(one["matched"].Number)}</td><td>{one["by"].Text}</td><td>{one["reason"].Text}</td></tr>
            """)).ToList();
        return new Page($"{Capital(work.Name)}s", work.List, Html.Of($"""
            {Parts.Live("operations", Parts.Table($"{Capital(work.Name)}s, the newest first", ["Begun", "State", $"#{Capital(work.Done)}", "By", "Reason"], rows, Html.Of($"Nobody has {work.Done} several {work.One}s yet.")))}{Pager.Of(visit, work.Path, found, [])}
            """))
        { IsLive = true };
    }

    public async Task<Page> OneAsync(Visit visit)
    {
        var one = await visit.ReadAsync($"{work.Api.Operations}/{Uri.EscapeDataString(visit.Segment("id"))}");
        var (requested, matched) = (one["requested"].Number, one["matched"].Number);
        return new Page(Capital(work.Name), work.List, Parts.Live(work.Name, Html.Of($"""
            {Html.If(one["error"].IsThere, () => Html.Of($"""<div class="answer bad"><h2>{Icons.Alarm}It could not go on</h2><p>{one["error"].Text}</p></div>"""))}
            <p><label>{Words.Count(requested)} of {Words.Count(matched)} <progress max="{Math.Max(1, matched)}" value="{Math.Min(requested, matched)}"></progress></label></p>
            {Parts.Facts(
                ("State", Icons.State(one["state"].Text)), (Capital(work.Done), Parts.Text(Words.Count(one[work.Done].Number))), (work.Left.Skipped, Parts.Text(Words.Count(one["skipped"].Number))),
                (work.Left.Pending, Parts.Text(Words.Count(one["pending"].Number))), ($"{Capital(work.One)}s a second", Parts.Text(Words.Count(one["rate"].Number))), ("By", Parts.Text(one["by"].Text)),
                ("Reason", Parts.Text(one["reason"].Text)), ("Begun", Parts.Exactly(one["started_at"].Time)), ("Ended", one["ended_at"].IsThere ? Parts.Exactly(one["ended_at"].Time) : Html.None),
                ("Which", Parts.Text(Work.Which(one["filter"].Members.Select(filter => (filter.Name, filter.Value.Text))))))}
            <p><a href="{visit.Link("audit", ("entity_type", work.Name), ("entity_id", one["operation_id"].Text))}">In the audit trail</a> · <a href="{visit.Link(work.Path)}">All {work.Name}s</a></p>
            """)))
        {
            IsLive = true,
            Actions = Html.Of($"""<div id="actions" data-live class="actions">{Html.If(one["state"].Text == "RUNNING", () => Acts.Reasoned(visit, $"{work.Path}/{one["operation_id"].Text}/stop", "Stop", Role.Operator, work.WhenStopped, isGrave: true))}</div>"""),
        };
    }

    public Task<Page> StopAsync(Visit visit, IFormCollection form)
    {
        var id = Uri.EscapeDataString(visit.Segment("id"));
        return Doing.Async(visit, form, HttpMethods.Post, $"{work.Api.Operations}/{id}/cancel", $"{work.Path}/{id}", "It is stopped.");
    }

    private Html Confirm(Visit visit, Json found, IReadOnlyList<(string Name, string Value)> said)
    {
        var (matched, rows) = (found["matched"].Number, found["items"].Items.Take(Shown).Select(one => work.Row(visit, one)).ToList());
        var number = matched.ToString(CultureInfo.InvariantCulture);

        // As the dry run has read it: with the moment until which it looked.
        var filter = found["filter"].IsThere ? [.. found["filter"].Members.Select(one => (one.Name, one.Value.Text))] : said;
        return Html.Of($"""
            <form method="post" action="{visit.Root}{work.Ask}" class="card narrow">{Acts.Token(visit)}{Html.Each(filter, one => Parts.Hidden(Filter + one.Name, one.Value))}{Parts.Hidden("matched", number)}
            {Parts.Input("expected", "How many", hint: $"To confirm it write the number: {number}", required: true)}
            {Parts.Input("rate", $"{Capital(work.One)}s a second", "100", "number", "1 to 1,000")}
            {Parts.Input("reason", "Reason", hint: "The audit trail keeps it.", required: work.IsGrave)}
            <button class="{(work.IsGrave ? "grave" : "main")}">{work.Verb} {Words.Count(matched, work.One)}</button></form>
            <h2>{(rows.Count == matched ? $"The {work.One}s, the oldest first" : $"The oldest {rows.Count} of them")}</h2>{Parts.Table($"{Capital(work.One)}s that would be {work.Done}", work.Columns, rows, Html.None)}
            """);
    }

    private static string Capital(string word) => Words.Of(word);

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
