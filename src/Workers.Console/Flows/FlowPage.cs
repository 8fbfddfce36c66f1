using Microsoft.AspNetCore.Http;
using Workers.Engine.Identity;
using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.Flows;

/// <summary>One flow: where it stands, how it came there, what it waits for; and deciding for it where it is stuck.</summary>
internal static class FlowPage
{
    private const string Awaiting = "AwaitingApproval";
    private const Role MayDecide = Role.Submitter | Role.Operator;
    private static readonly string[] s_stuck = ["Stuck", "ManualReview"];

    public static async Task<Page> ShowAsync(Visit visit)
    {
        var flow = await visit.ReadAsync($"sagas/{Of(visit)}");
        var about = FlowsPage.About(flow);
        var related = await FlowCommands.OfAsync(visit, flow);
        var refunds = await FlowCommands.RefundAsync(visit, flow);
        var body = Html.Of($"""
            {Parts.Live("standing", Html.Of($"""{Why(flow)}{Facts(visit, flow, refunds)}"""))}
            {Parts.Section("graph", "Where it stands", Parts.Live("graph-now", FlowGraph.Of(flow)))}
            <div class="two">{Parts.Live("way", Way(flow))}{Parts.Live("waits", Waits(visit, flow))}</div>
            {Parts.Live("commands", FlowCommands.Table(visit, related))}
            {Parts.Section("data", "What it knows", Parts.Block(flow["data"].Indented, "Data of the flow"))}
            """);
        return new Page($"{Words.Of(flow["saga"].Text)} flow of {about}", FlowsPage.Path, body) { IsLive = true, Actions = Html.Of($"""<div id="actions" data-live class="actions">{Actions(visit, flow)}</div>""") };
    }

    public static Task<Page> RetryAsync(Visit visit, IFormCollection form) =>
        Doing.Async(visit, form, HttpMethods.Post, $"sagas/{Of(visit)}/retry", $"flows/{Of(visit)}", "It is asked to try again.");

    public static Task<Page> CompensateAsync(Visit visit, IFormCollection form) =>
        Doing.Async(visit, form, HttpMethods.Post, $"sagas/{Of(visit)}/compensate", $"flows/{Of(visit)}", "It is asked to undo what it has done.");

    /// <summary>A refund that waits for it is decided: by the command that a caller would send.</summary>
    public static Task<Page> DecideAsync(Visit visit, IFormCollection form)
    {
        var isApproved = form["do"].ToString() == "approve";
        return Doing.Async(
            visit, form, HttpMethods.Post, "execute", $"flows/{Of(visit)}", isApproved ? "It is approved." : "It is rejected.",
            body: new() { ["type"] = isApproved ? "ApproveRefund" : "RejectRefund", ["refund_id"] = form["refund"].ToString() });
    }

    private static string Of(Visit visit) => Uri.EscapeDataString(visit.Segment("id"));

    private static Html Actions(Visit visit, Json flow)
    {
        var path = $"flows/{Uri.EscapeDataString(flow["id"].Text)}";
        if (flow["saga"].Text == "refund" && flow["state"].Text == Awaiting)
        {
            return Html.Of($"""{Decision(visit, flow, path, "approve", "Approve", "The money goes back.")}{Decision(visit, flow, path, "reject", "Reject", "The money stays; whoever asked for it is told why.", isGrave: true)}""");
        }

        return Html.If(s_stuck.Contains(flow["state"].Text), () => Html.Of($"""
            {Acts.Reasoned(visit, path + "/retry", "Retry", Role.Operator, flow["saga"].Text == "refund" ? "Its gateway is asked again, under the same key: money is not moved twice." : "What is missing is asked for once more.")}
            {Acts.Reasoned(visit, path + "/compensate", "Compensate", Role.Operator, flow["saga"].Text == "refund" ? "The refund is rejected." : "Everything it has done is undone from the start; what is undone already is no obstacle.", isGrave: true)}
            """));
    }

    private static Html Decision(Visit visit, Json flow, string path, string what, string label, string says, bool isGrave = false) => visit.MayAll(MayDecide)
        ? Acts.Reasoned(visit, path + "/decide", label, Role.Operator, says, isGrave, Html.Of($"{Parts.Hidden("do", what)}{Parts.Hidden("refund", flow["data"]["refund_id"].Text)}"))
        : Acts.Denied(label, Acts.NeededAll(MayDecide));

    private static Html Why(Json flow) => flow["state"].Text == Awaiting ? Html.Of($"""
        <div class="answer warn"><h2>{Icons.Alarm}It waits to be approved or rejected</h2><p>{flow["data"]["amount"].Text} {flow["data"]["currency"].Text} would go back{(flow["data"]["reason"].IsThere ? ": " + flow["data"]["reason"].Text : "")}.</p></div>
        """) : Html.If(s_stuck.Contains(flow["state"].Text), () => Html.Of($"""
        <div class="answer bad"><h2>{Icons.Alarm}It waits for somebody to decide</h2><p>{(flow["data"]["reason"].IsThere ? flow["data"]["reason"].Text : "It does not say why.")}</p>
        {Html.If(flow["waits_for"].Texts.Any(), () => Html.Of($"<p>What it asked for and did not get: {string.Join(", ", flow["waits_for"].Texts.Select(one => Words.Of(one).ToLowerInvariant()))}.</p>"))}
        <p class="quiet">Retry asks for it once more, when the cause is mended. Compensate undoes what the flow has done so far.</p></div>
        """));

    private static Html Facts(Visit visit, Json flow, Html refunds) => Parts.Facts(
        ("State", Icons.State(flow["state"].Text)), ("Id", Parts.Code(flow["id"].Text)),
        ("Order", flow["data"]["order_id"].IsThere ? Html.Of($"""<a href="{visit.Link("commands", ("key", flow["data"]["order_id"].Text))}">{flow["data"]["order_id"].Text}</a>""") : Html.None),
        ("Payment", flow["data"]["payment_id"].IsThere ? Html.Of($"""<a href="{visit.Link("commands", ("key", flow["data"]["payment_id"].Text))}">{flow["data"]["payment_id"].Text}</a>""") : Html.None),
        ("Refund", refunds), ("Version", Parts.Text(Words.Count(flow["version"].Number))));

    private static Html Way(Json flow)
    {
        List<Json> steps = [.. flow["timeline"].Items];
        return Parts.Section("way-taken", "The way taken", Html.Of($"""
            <ol class="line">{Html.Join(steps.Select((step, at) => Html.Of($"""
                <li>{Icons.State(step["state"].Text)} {Parts.Exactly(step["at"].Time)}{(at > 0 && step["at"].Time - steps[at - 1]["at"].Time is { } time ? Html.Of($"""<span class="quiet"> after {Words.Length(time)}</span>""") : Html.None)}</li>
                """)))}</ol>
            """));
    }

    private static Html Waits(Visit visit, Json flow)
    {
        var timers = flow["timers"].Items.Select(timer => Html.Of($"<tr><th scope=\"row\">{Words.Of(timer["type"].Text)}</th><td>{Parts.Time(timer["due_at"].Time, visit.Now)}</td></tr>")).ToList();
        return Parts.Section("waits-for", "What it waits for", Html.Of($"""
            {Parts.Facts(("Answers", flow["waits_for"].Texts.Any() ? FlowsPage.WaitsFor(flow["waits_for"]) : Parts.Text("none")), ("Goes on with", flow["events"].Texts.Any() ? FlowsPage.WaitsFor(flow["events"]) : Parts.Text("nothing: it has ended")))}
            {Parts.Table("Timers", ["Timer", "Due"], timers, Html.Of($"No timer is set."))}
            """));
    }
}
