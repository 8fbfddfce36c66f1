using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.Overview;

/// <summary>Why not everything is well: each a sentence with the way to where it is mended, the gravest first.</summary>
internal static class Reasons
{
    public static IReadOnlyList<Html> Of(Visit visit, Seen seen) => [.. Parts(visit, seen), .. Halted(visit, seen), .. Letters(visit, seen), .. Flows(visit, seen), .. Circuits(seen), .. Pauses(visit, seen), .. Schedules(visit, seen)];

    private static IEnumerable<Html> Parts(Visit visit, Seen seen) => seen.Health.Json["checks"].Members.Where(check => check.Value["status"].Text != "healthy").Select(check => Html.Of(
        $"""The part <a href="{visit.Link("workers")}">{check.Name}</a> is {check.Value["status"].Text}: {(check.Value["detail"].IsThere ? check.Value["detail"].Text : "it says no more")}"""));

    private static IEnumerable<Html> Halted(Visit visit, Seen seen) => seen.Partitions.Where(one => one["halted"].Flag).Select(one => Html.Of(
        $"""{one["group"].Text} stands still at <a href="{visit.Link("queues")}">{one["topic"].Text} {one["partition"].Number}</a>: the log has nothing at its position {one["position"].Number}"""));

    private static IEnumerable<Html> Letters(Visit visit, Seen seen)
    {
        if (seen.DeadLetters > 0)
        {
            var first = seen.Groups.FirstOrDefault();
            yield return Html.Of($"""
                <a href="{(seen.DeadLetters == 1 && first["latest_id"].IsThere ? visit.Link("dead-letters", first["latest_id"].Text) : visit.Link("dead-letters"))}">{Words.Count(seen.DeadLetters, "dead letter")}</a>{(seen.Groups.Count > 1 ? $" of {Words.Count(seen.Groups.Count, "cause")}" : "")} {(seen.DeadLetters == 1 ? "waits" : "wait")} to be repaired{(first.IsThere ? Html.Of($"{(seen.Groups.Count > 1 ? "; the most frequent: " : ": ")}{first["code"].Text}, {first["message"].Text}") : Html.None)}
                """);
        }
    }

    // One is led to itself: what is to be decided is there.
    private static IEnumerable<Html> Flows(Visit visit, Seen seen) => seen.Flows.GroupBy(flow => (Saga: flow["saga"].Text, State: flow["state"].Text)).Select(group => group.ToList() is [var only]
        ? Html.Of($"""The {group.Key.Saga} flow of <a href="{visit.Link("flows", only["id"].Text)}">{Workers.Pages.Flows.FlowsPage.About(only)}</a> waits for somebody to decide: {(only["data"]["reason"].IsThere ? only["data"]["reason"].Text : Words.Of(group.Key.State))}""")
        : Html.Of($"""<a href="{visit.Link("flows", ("saga", group.Key.Saga), ("state", group.Key.State))}">{Words.Count(group.Count(), $"{group.Key.Saga} flow")}</a> wait for somebody to decide: {Words.Of(group.Key.State)}"""));

    private static IEnumerable<Html> Circuits(Seen seen) => seen.Circuits.Where(one => one["state"].Text != "CLOSED").Select(one => Html.Of(
        $"""The circuit of {one["name"].Text} is {Words.Of(one["state"].Text).ToLowerInvariant()} after {Words.Count(one["failures"].Number, "failure")}{(one["retry_at"].IsThere ? Html.Of($"; it is tried again {Markup.Parts.Exactly(one["retry_at"].Time)}") : Html.None)}"""));

    private static IEnumerable<Html> Pauses(Visit visit, Seen seen) => seen.Workers.SelectMany(worker => worker["pauses"].Items)
        .DistinctBy(pause => (pause["queue"].Text, pause["type"].Text, pause["key"].Text)).Select(pause => Html.Of($"""
            <a href="{visit.Link("queues")}">{pause["queue"].Text}{(pause["type"].IsThere ? " " + pause["type"].Text : "")}{(pause["key"].IsThere ? " of " + pause["key"].Text : "")}</a> is paused by {pause["by"].Text}{(pause["reason"].IsThere ? $": {pause["reason"].Text}" : "")}{(pause["until"].IsThere ? Html.Of($", until {Markup.Parts.Exactly(pause["until"].Time)}") : Html.None)}
            """));

    private static IEnumerable<Html> Schedules(Visit visit, Seen seen) => seen.Schedules.Where(one => one["error"].IsThere).Select(one => Html.Of(
        $"""The schedule <a href="{visit.Link("schedules", one["schedule_id"].Text)}">{one["schedule_id"].Text}</a> cannot fire: {one["error"].Text}"""));
}
