using System.Globalization;
using Workers.Contracts.Commands;
using Workers.Engine.Identity;
using Workers.Pages.Frames;
using Workers.Pages.Markup;
using Workers.Pages.Operations;

namespace Workers.Pages.Commands;

/// <summary>Commands by state, searched by what the address says, a page of fifty after the other.</summary>
internal static class CommandsPage
{
    public const string Path = "commands";

    // The API counts no further.
    private const long Counted = 10_000;
    private static readonly string[] s_states = ["QUEUED", "RUNNING", "RETRYING", "SCHEDULED", "SUCCEEDED", "FAILED", "DEAD_LETTERED", "CANCELLED", "UNDONE"];
    private static readonly string[] s_filters = ["kind", "type", "key", "user_id", "correlation_id", "error_code", "q", "from", "to"];

    public static async Task<Page> ShowAsync(Visit visit)
    {
        var state = visit.Query("state");
        var filters = s_filters.Select(name => (name, visit.Query(name))).Where(one => one.Item2.Length > 0).ToList();
        var list = visit.ReadAsync(Visit.With("", [("state", state), .. filters, ("cursor", visit.Query("cursor"))]));
        var counts = await CountsAsync(visit, filters);
        var found = await list;
        var rows = found["items"].Items.Select(one => Row(visit, one)).ToList();
        return new Page("Commands", "commands", Html.Of($"""
            {Filters(visit, state)}
            {Parts.Live("commands", Html.Of($"""
                {Tabs(visit, state, filters, counts)}
                {Parts.Table("Commands, the newest first", ["Command", "State", "About", "Accepted", "#Took", "#Attempts", "What happened"], rows, filters.Count + state.Length == 0
                    ? Html.Of($"""No command was accepted yet. The <a href="{visit.Link("")}">overview</a> shows how to send the first.""")
                    : Html.Of($"""No command is like this. <a href="{visit.Link("commands")}">Show all</a>"""))}
                {Pager.Of(visit, "commands", found, [("state", state), .. filters])}
                """))}
            """))
        { IsLive = visit.Query("cursor").Length == 0, Actions = Actions(visit, state, filters) };
    }

    /// <summary>What can be done with all that the filter finds.</summary>
    private static Html Actions(Visit visit, string state, List<(string Name, string Value)> filters)
    {
        if (state == "DEAD_LETTERED")
        {
            // Dead letters have the same key and code.
            var known = filters.Where(one => one.Name is "key" or "error_code").Select(one => (one.Name == "key" ? "key" : "code", one.Value)).ToList();
            return known.Count == filters.Count ? Acts.Way(visit, Visit.With(DeadLetters.DeadLettersPage.Path + "/replay", known), "Replay their dead letters…", Role.Operator)
                : Html.Of($"""<a class="button" href="{visit.Link(DeadLetters.DeadLettersPage.Path, known)}">To the dead letters</a>""");
        }

        return Html.Of($"""
            {Html.If(Cancelling.Takes(state, filters), () => Acts.Way(visit, Visit.With(Cancelling.Work.Ask, [("state", state), .. filters]), $"Cancel {(filters.Count + state.Length == 0 ? "all that wait" : "those of these that wait")}…", Role.Operator))}
            <a class="button" href="{visit.Link(Cancelling.Work.Path)}">Cancellations</a>
            """);
    }

    // All at once: each is counted no further than the API counts.
    private static async Task<Dictionary<string, string>> CountsAsync(Visit visit, List<(string, string)> filters)
    {
        var counted = await Task.WhenAll(s_states.Prepend("").Select(async state => (state, Found: await visit.ReadAsync(Visit.With("", [("state", state), .. filters, ("limit", "1")])))));
        return counted.ToDictionary(one => one.state, one => CountOf(one.Found));
    }

    /// <summary>Up to ten thousand exactly; <c>10,000+</c> where there are more, <c>about 1,000,000</c> where the API has estimated how many.</summary>
    public static string CountOf(Json list) => list["total_estimate"] is { IsThere: true } estimate ? (estimate.Number > Counted ? $"about {Words.Count(estimate.Number)}" : Words.Count(estimate.Number) + "+")
        : list["total"].IsThere ? Words.Count(list["total"].Number) : "";

    private static Html Tabs(Visit visit, string state, List<(string, string)> filters, Dictionary<string, string> counts) => Html.Of($"""
        <ul class="tabs" aria-label="States">{Html.Each(s_states.Prepend(""), one => Html.Of(
            $"""<li><a href="{visit.Link("commands", [("state", one), .. filters])}"{(one == state ? Html.Of($" aria-current=\"page\"") : Html.None)}>{(one.Length == 0 ? "All" : Words.Of(one))}<span class="number">{counts[one]}</span></a></li>"""))}</ul>
        """);

    private static Html Filters(Visit visit, string state) => Html.Of($"""
        <form class="filters" action="{visit.Link("commands")}">{Parts.Hidden("state", state)}
        {Parts.Input("q", "Id or name", visit.Query("q"))}
        {Parts.Choice("kind", "Kind", [("", "any"), .. CommandCatalog.Kinds.Order(StringComparer.Ordinal).Select(kind => (kind, kind))], visit.Query("kind"))}
        {Parts.Input("type", "Name", visit.Query("type"))}{Parts.Input("key", "About", visit.Query("key"))}{Parts.Input("user_id", "User", visit.Query("user_id"))}
        {Parts.Input("error_code", "Error code", visit.Query("error_code"))}
        {Parts.Input("from", "From", visit.Query("from"))}{Parts.Input("to", "To", visit.Query("to"))}{Parts.Hidden("correlation_id", visit.Query("correlation_id"))}
        <button class="main">Search</button> <a class="button" href="{visit.Link("commands")}">Clear</a></form>
        """);

    private static Html Row(Visit visit, Json one)
    {
        var (begun, ended) = (one["started_at"].Time ?? one["submitted_at"].Time, one["completed_at"].Time);
        return Html.Of($"""
            <tr><th scope="row"><a href="{visit.Link("commands", one["id"].Text)}">{one["type"].Text}</a></th><td>{Icons.State(one["state"].Text)}</td><td>{About.Of(one)}</td>
            <td>{Parts.Time(one["submitted_at"].Time, visit.Now)}</td><td class="number">{(ended - begun is { } took ? Words.Length(took) : "–")}</td><td class="number">{one["attempts"].Number.ToString(CultureInfo.InvariantCulture)}</td>
            <td><span class="clip">{Said(one)}</span></td></tr>
            """);
    }

    /// <summary>Why it failed, or what it waits for.</summary>
    public static string Said(Json one) => one["error"].IsThere ? string.Join(": ", new[] { one["error"]["code"].Text, one["error"]["message"].Text }.Where(text => text.Length > 0))
        : one["scheduled_at"].Time is { } at && one["state"].Text == "SCHEDULED" ? $"for {Words.Utc(at)}" : "";
}
