using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.Flows;

/// <summary>Flows, the newest first; those that wait for somebody are a tab of their own.</summary>
internal static class FlowsPage
{
    public const string Path = "flows";

    private static readonly (string Name, string Saga, string State)[] s_tabs =
        [("All", "", ""), ("Orders", "order", ""), ("Refunds", "refund", ""), ("Stuck orders", "order", "Stuck"), ("Refunds to review", "refund", "ManualReview"), ("Refunds to approve", "refund", "AwaitingApproval")];

    public static async Task<Page> ShowAsync(Visit visit)
    {
        var (saga, state) = (visit.Query("saga"), visit.Query("state"));
        var found = await visit.ReadAsync(Visit.With("sagas", ("saga", saga), ("state", state), ("cursor", visit.Query("cursor"))));
        var rows = found["items"].Items.Select(one => Html.Of($"""
            <tr><th scope="row"><a href="{visit.Link(Path, one["id"].Text)}">{About(one)}</a></th><td>{one["saga"].Text}</td><td><a href="{visit.Link(Path, ("saga", one["saga"].Text), ("state", one["state"].Text))}">{Icons.State(one["state"].Text)}</a></td>
            <td>{Parts.Time(one["updated_at"].Time, visit.Now)}</td><td>{WaitsFor(one["data"]["waits_for"])}</td><td><span class="clip">{one["data"]["reason"].Text}</span></td></tr>
            """)).ToList();
        return new Page("Flows", Path, Html.Of($"""
            <ul class="tabs" aria-label="Which flows">{Html.Each(s_tabs, tab => Html.Of(
                $"""<li><a href="{visit.Link(Path, ("saga", tab.Saga), ("state", tab.State))}"{(tab.Saga == saga && tab.State == state ? Html.Of($" aria-current=\"page\"") : Html.None)}>{tab.Name}</a></li>"""))}</ul>
            {Parts.Live("flows", Html.Of($"""
                {Parts.Table("Flows, the newest first", ["About", "Flow", "State", "Since", "Waits for", "Why"], rows, saga.Length + state.Length == 0
                    ? Html.Of($"No flow has begun yet: an order or a refund begins one.")
                    : Html.Of($"""No flow is like this now. <a href="{visit.Link(Path)}">Show all</a>"""))}
                {Pager.Of(visit, Path, found, [("saga", saga), ("state", state)])}
                """))}
            """))
        { IsLive = visit.Query("cursor").Length == 0 };
    }

    /// <summary>What the flow is about, as people know it.</summary>
    public static string About(Json flow)
    {
        var data = flow["data"];
        return data["refund_id"].IsThere ? data["refund_id"].Text : data["order_id"].IsThere ? data["order_id"].Text : flow["id"].Text;
    }

    public static Html WaitsFor(Json waits) => Html.Each(waits.Texts, one => Html.Of($"<code>{one}</code> "));
}
