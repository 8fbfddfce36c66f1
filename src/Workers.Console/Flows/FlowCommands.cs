using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.Flows;

/// <summary>The commands of a flow: those about its order and its payment, and all that came of what those began, whatever they are about.</summary>
internal static class FlowCommands
{
    private const string Shown = "40";

    // An order is made, cancelled, repaired by hand: each began something.
    private const int MostBeginnings = 4;

    public static async Task<List<Json>> OfAsync(Visit visit, Json flow)
    {
        var own = new List<Json>();
        foreach (var key in new[] { FlowsPage.About(flow), flow["data"]["payment_id"].Text }.Where(key => key.Length > 0).Distinct())
        {
            own.AddRange((await visit.ReadAsync(Visit.With("", ("key", key), ("limit", Shown))))["items"].Items);
        }

        var all = new List<Json>(own);
        foreach (var began in own.Select(one => one["correlation_id"].Text).Where(id => id.Length > 0).Distinct().Take(MostBeginnings))
        {
            all.AddRange((await visit.ReadAsync(Visit.With("", ("correlation_id", began), ("limit", Shown))))["items"].Items);
        }

        return [.. all.DistinctBy(one => one["id"].Text).OrderByDescending(one => one["submitted_at"].Time)];
    }

    /// <summary>The flow of the last refund that an order's flow has asked for: there it is approved or rejected.</summary>
    public static async Task<Html> RefundAsync(Visit visit, Json flow)
    {
        if (flow["saga"].Text != "order" || flow["data"]["refunds"].Number == 0)
        {
            return Html.None;
        }

        var asked = (await visit.ReadAsync(Visit.With("", ("key", flow["data"]["payment_id"].Text), ("type", "RefundRemainder"), ("internal", "true"), ("limit", "1"))))["items"].Items.FirstOrDefault();
        return asked["data"]["refund_id"].Text is { Length: > 0 } refund && await visit.AskAsync("sagas/" + Uri.EscapeDataString(refund)) is { IsDone: true } answer
            ? Html.Of($"""<a href="{visit.Link(FlowsPage.Path, answer.Json["id"].Text)}">{refund}</a> {Icons.State(answer.Json["state"].Text)}""")
            : Html.None;
    }

    public static Html Table(Visit visit, List<Json> commands) => Parts.Section("of-it", "Commands of it", Parts.Table(
        "Commands of it, the newest first", ["Command", "State", "About", "Accepted", "Why"],
        [.. commands.Select(one => Html.Of($"""
            <tr><th scope="row"><a href="{visit.Link("commands", one["id"].Text)}">{one["type"].Text}</a></th><td>{Icons.State(one["state"].Text)}</td><td>{Parts.Code(one["key"].Text)}</td><td>{Parts.Time(one["submitted_at"].Time, visit.Now)}</td><td>{one["error"]["message"].Text}</td></tr>
            """))], Html.Of($"None is listed.")));
}
