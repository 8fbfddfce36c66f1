using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Workers.Engine.Identity;
using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.Commands;

/// <summary>Cancelling many commands that wait: which they are, how many exactly, how far it is, and its end.</summary>
internal static class CancelPages
{
    public const string Ask = CommandsPage.Path + "/cancel";
    public const string Path = CommandsPage.Path + "/cancellations";
    private const int Shown = 20;
    private const string Filter = "filter.";
    private static readonly string[] s_filters = ["state", "kind", "type", "key", "user_id", "correlation_id", "q", "from", "to"];
    private static readonly string[] s_states = ["", "QUEUED", "SCHEDULED"];

    /// <summary>Whether what a list is filtered by can be cancelled by: commands that wait have no error.</summary>
    public static bool Takes(string state, IEnumerable<(string Name, string Value)> filters) => s_states.Contains(state) && filters.All(one => s_filters.Contains(one.Name));

    /// <summary>A dry run: exactly which commands the filter finds now.</summary>
    public static async Task<Page> AskAsync(Visit visit)
    {
        var said = s_filters.Select(name => (name, visit.Query(name))).Where(one => one.Item2.Length > 0).ToList();
        if (!visit.May(Role.Operator))
        {
            return new Page("Cancel commands", CommandsPage.Path, Html.Of($"<p>Cancelling many {Acts.Needed(Role.Operator)}.</p>")) { Status = StatusCodes.Status403Forbidden };
        }

        var answer = await visit.SendAsync(HttpMethods.Post, "cancel", Body(said, [("dry_run", true)]));
        if (!answer.IsDone)
        {
            throw new Inward.RefusedException(answer);
        }

        var (matched, filter) = (answer.Json["matched"].Number, answer.Json["filter"].Members.Select(one => (one.Name, one.Value.Text)).ToList());
        var rows = answer.Json["items"].Items.Take(Shown).Select(one => Html.Of($"""
            <tr><th scope="row"><a href="{visit.Link(CommandsPage.Path, one["id"].Text)}">{one["type"].Text}</a></th><td>{Parts.Code(one["key"].Text)}</td><td>{Parts.Time(one["submitted_at"].Time, visit.Now)}</td></tr>
            """)).ToList();
        return new Page("Cancel commands", CommandsPage.Path, Html.Of($"""
            <p>Dry run: {Words.Count(matched, "command")} that {(matched == 1 ? "waits" : "wait")} would be cancelled{(said.Count == 0 ? ", all that there are" : ": " + Which(said))}. What comes from now on is not among them; what has begun until its turn comes is left alone, as is what flows, timers and effects have sent.</p>
            {Html.If(matched > 0, () => Html.Of($"""
                <form method="post" action="{visit.Root}{Ask}" class="card narrow">{Acts.Token(visit)}{Html.Each(filter, one => Parts.Hidden(Filter + one.Name, one.Text))}{Parts.Hidden("matched", matched.ToString(CultureInfo.InvariantCulture))}
                {Parts.Input("expected", "How many", hint: $"To confirm it write the number: {matched.ToString(CultureInfo.InvariantCulture)}", required: true)}
                {Parts.Input("rate", "Commands a second", "100", "number", "1 to 1,000")}
                {Parts.Input("reason", "Reason", hint: "The audit trail keeps it.", required: true)}
                <button class="grave">Cancel {Words.Count(matched, "command")}</button></form>
                <h2>The {(rows.Count == matched ? "commands" : $"oldest {rows.Count} of them")}</h2>{Parts.Table("Commands that would be cancelled", ["Command", "About", "Accepted"], rows, Html.None)}
                """))}
            <p><a href="{visit.Link(CommandsPage.Path, said)}">Back to the list</a></p>
            """));
    }

    public static async Task<Page> StartAsync(Visit visit, IFormCollection form)
    {
        List<(string, string)> filter = [.. s_filters.Select(name => (name, form[Filter + name].ToString())).Where(one => one.Item2.Length > 0)];
        var again = Visit.With(Ask, filter.Where(one => one.Item1 != "to"));
        var (expected, rate) = (form["expected"].ToString().Trim().Replace(",", "", StringComparison.Ordinal), form["rate"].ToString().Trim());
        if (expected != form["matched"].ToString() || !int.TryParse(expected, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return Page.Go(again, $"Nothing was cancelled. To confirm it write the number of commands: {form["matched"]}, not {expected}.", isError: true);
        }

        List<(string, JsonNode?)> more = [("expected", count), ("reason", form["reason"].ToString())];
        if (int.TryParse(rate, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            more.Add(("rate", number));
        }
        else if (rate.Length > 0)
        {
            return Page.Go(again, $"Nothing was cancelled. Commands a second must be a whole number; it is {rate}.", isError: true);
        }

        var answer = await visit.SendAsync(HttpMethods.Post, "cancel", Body(filter, more));
        return answer.IsDone ? Page.Go($"{Path}/{answer.Json["operation_id"].Text}", "The cancellation has begun.") : Page.Go(again, "Nothing was cancelled. " + answer.Error, isError: true);
    }

    public static async Task<Page> ListAsync(Visit visit)
    {
        var found = await visit.ReadAsync(Visit.With("cancellations", ("cursor", visit.Query("cursor"))));
        var rows = found["items"].Items.Select(one => Html.Of($"""
            <tr><th scope="row"><a href="{visit.Link(Path, one["operation_id"].Text)}">{Parts.Time(one["started_at"].Time, visit.Now)}</a></th><td>{Icons.State(one["state"].Text)}</td>
            <td class="number">{Words.Count(one["cancelled"].Number)} of {Words.Count(one["matched"].Number)}</td><td>{one["by"].Text}</td><td>{one["reason"].Text}</td></tr>
            """)).ToList();
        return new Page("Cancellations", CommandsPage.Path, Html.Of($"""
            {Parts.Live("cancellations", Parts.Table("Cancellations, the newest first", ["Begun", "State", "#Cancelled", "By", "Reason"], rows, Html.Of($"Nobody has cancelled several commands yet.")))}{Pager.Of(visit, Path, found, [])}
            """))
        { IsLive = true };
    }

    public static async Task<Page> OneAsync(Visit visit)
    {
        var one = await visit.ReadAsync($"cancellations/{Uri.EscapeDataString(visit.Segment("id"))}");
        var (requested, matched) = (one["requested"].Number, one["matched"].Number);
        return new Page("Cancellation", CommandsPage.Path, Parts.Live("cancellation", Html.Of($"""
            {Html.If(one["error"].IsThere, () => Html.Of($"""<div class="answer bad"><h2>{Icons.Alarm}It could not go on</h2><p>{one["error"].Text}</p></div>"""))}
            <p><label>{Words.Count(requested)} of {Words.Count(matched)} <progress max="{Math.Max(1, matched)}" value="{Math.Min(requested, matched)}"></progress></label></p>
            {Parts.Facts(
                ("State", Icons.State(one["state"].Text)), ("Cancelled", Parts.Text(Words.Count(one["cancelled"].Number))), ("Had begun or ended before", Parts.Text(Words.Count(one["skipped"].Number))),
                ("Wait for their worker", Parts.Text(Words.Count(one["pending"].Number))), ("Commands a second", Parts.Text(Words.Count(one["rate"].Number))), ("By", Parts.Text(one["by"].Text)),
                ("Reason", Parts.Text(one["reason"].Text)), ("Begun", Parts.Exactly(one["started_at"].Time)), ("Ended", one["ended_at"].IsThere ? Parts.Exactly(one["ended_at"].Time) : Html.None),
                ("Which", Parts.Text(Which(one["filter"].Members.Select(filter => (filter.Name, filter.Value.Text))))))}
            <p><a href="{visit.Link("audit", ("entity_type", "cancellation"), ("entity_id", one["operation_id"].Text))}">In the audit trail</a></p>
            """)))
        {
            IsLive = true,
            Actions = one["state"].Text == "RUNNING" ? Html.Of($"""<div id="actions" data-live class="actions">{Acts.Reasoned(visit, $"{Path}/{one["operation_id"].Text}/stop", "Stop", Role.Operator, "What is cancelled stays so.", isGrave: true)}</div>""") : Html.Of($"""<div id="actions" data-live class="actions"></div>"""),
        };
    }

    public static Task<Page> StopAsync(Visit visit, IFormCollection form)
    {
        var id = Uri.EscapeDataString(visit.Segment("id"));
        return Doing.Async(visit, form, HttpMethods.Post, $"cancellations/{id}/cancel", $"{Path}/{id}", "It is stopped.");
    }

    private static string Which(IEnumerable<(string Name, string Value)> filters) => string.Join(", ", filters.Select(one => $"{Words.Of(one.Name).ToLowerInvariant()} {one.Value}"));

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
