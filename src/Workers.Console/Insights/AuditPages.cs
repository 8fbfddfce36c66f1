using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.Insights;

/// <summary>Who did what, when, from where and why.</summary>
internal static class AuditPages
{
    private static readonly (string Name, string Label)[] s_filters =
        [("type", "By what"), ("entity_type", "Of what kind"), ("entity_id", "Of which id"), ("user_id", "User"), ("command_id", "Command id"), ("from", "From"), ("to", "To")];

    public static async Task<Page> ListAsync(Visit visit)
    {
        var query = s_filters.Select(filter => (filter.Name, visit.Query(filter.Name))).ToList();
        var found = await visit.ReadAsync(Visit.With("audit", [.. query, ("cursor", visit.Query("cursor"))]));
        var rows = found["items"].Items.Select(one => Html.Of($"""
            <tr><th scope="row"><a href="{visit.Link("audit", one["id"].Text)}">{one["action"].Text}</a></th><td>{one["entity_type"].Text} {Parts.Code(one["entity_id"].Text)}</td><td>{one["type"].Text}</td><td>{one["actor"].Text}</td>
            <td>{Parts.Time(one["at"].Time, visit.Now)}</td><td>{(one["outcome"].IsThere ? Icons.State(one["outcome"].Text) : Html.None)}</td><td>{one["reason"].Text}</td></tr>
            """)).ToList();
        return new Page("Audit", "audit", Html.Of($"""
            <form class="filters" action="{visit.Link("audit")}">{Html.Each(s_filters, filter => Parts.Input(filter.Name, filter.Label, visit.Query(filter.Name)))}<button class="main">Search</button> <a class="button" href="{visit.Link("audit")}">Clear</a></form>
            {Parts.Live("entries", Html.Of($"""
                {Parts.Table("Audit trail, the newest first", ["Action", "Of", "By what", "By", "When", "Outcome", "Reason"], rows, Html.Of($"""Nothing is like this. <a href="{visit.Link("audit")}">Show all</a>"""))}{Pager.Of(visit, "audit", found, query)}
                """))}
            """))
        {
            IsLive = visit.Query("cursor").Length == 0,
            Actions = Html.Of($"""<a class="button" href="{visit.Link("audit/export", [("format", "ndjson"), .. query])}">Export as NDJSON</a> <a class="button" href="{visit.Link("audit/export", [("format", "csv"), .. query])}">Export as CSV</a>"""),
        };
    }

    /// <summary>All that the filter finds, as a file.</summary>
    public static string Export(Visit visit) => Visit.With("audit", [("format", visit.Query("format")), .. s_filters.Select(filter => (filter.Name, visit.Query(filter.Name)))]);

    public static async Task<Page> OneAsync(Visit visit)
    {
        var one = await visit.ReadAsync($"audit/{Uri.EscapeDataString(visit.Segment("id"))}");
        return new Page($"{Words.Of(one["action"].Text)} {one["entity_type"].Text}", "audit", Html.Of($"""
            {Parts.Facts(
                ("When", Parts.Exactly(one["at"].Time)), ("Who", Parts.Text(one["actor"].Text)), ("From", Parts.Text(one["ip_address"].Text)), ("With", Parts.Text(one["user_agent"].Text)),
                ("What", Parts.Text(one["type"].Text)), ("Of", Parts.Code(one["entity_id"].Text)), ("Reason", Parts.Text(one["reason"].Text)), ("Outcome", Parts.Text(one["outcome"].Text)),
                ("Command", one["command_id"].IsThere ? Html.Of($"""<a href="{visit.Link("commands", one["command_id"].Text)}">{one["command_id"].Text}</a>""") : Html.None),
                ("User", Parts.Text(one["user_id"].Text)), ("Hash", one["hash"].IsThere ? Parts.Code(one["hash"].Text) : Html.None))}
            {Html.If(one["changes"].IsThere, () => Parts.Section("changes", "Changes", Parts.Block(one["changes"].Indented, "What it changed")))}
            """));
    }
}
