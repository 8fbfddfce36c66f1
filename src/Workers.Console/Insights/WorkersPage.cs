using Microsoft.AspNetCore.Http;
using Workers.Engine.Identity;
using Workers.Pages.Frames;
using Workers.Pages.Markup;
using Workers.Pages.Queues;

namespace Workers.Pages.Insights;

/// <summary>The processes that work, the parts they need, and who executes which commands.</summary>
internal static class WorkersPage
{
    // Clocks that differ by more order what happened wrongly.
    private const long MostOff = 1_000;

    public static async Task<Page> ShowAsync(Visit visit)
    {
        var (workers, health, handlers, circuits) = (visit.ReadAsync("workers"), visit.AskAsync("/health/ready"), visit.ReadAsync("handlers"), visit.ReadAsync("circuit-breaker/status"));
        return new Page("Workers", "workers", Html.Of($"""
            {Parts.Live("processes", Processes(visit, await workers))}
            {Parts.Live("slow", Slow(visit, await workers))}
            {Parts.Live("parts", Checks((await health).Json))}
            {Parts.Live("circuits", Circuits(visit, await circuits))}
            {Parts.Live("handlers", Handlers(visit, await handlers))}
            """))
        { IsLive = true };
    }

    /// <summary>One of the program's own handlers that was taken out executes again.</summary>
    public static Task<Page> RegisterAsync(Visit visit, IFormCollection form) => Doing.Async(
        visit, form, HttpMethods.Post, $"handlers/{Uri.EscapeDataString(form["name"].ToString())}/register", Guid.TryParse(form["letter"].ToString(), out var letter) ? $"dead-letters/{letter}" : "workers",
        $"The handler {form["name"]} executes commands again. What became a dead letter meanwhile can be replayed now.");

    /// <param name="visit">Whose.</param>
    /// <param name="name">Of the handler.</param>
    /// <param name="letter">The dead letter whose page follows; empty for the workers' page.</param>
    public static Html BringBack(Visit visit, string name, string letter = "") =>
        Acts.Button(visit, "workers/register", $"Bring the handler {name} back", Role.Operator, Html.Of($"{Parts.Hidden("name", name)}{Parts.Hidden("letter", letter)}"));

    private static Html Processes(Visit visit, Json workers) => Parts.Section("processes-part", "Processes", Parts.Table(
        "Processes that work", ["Worker", "State", "Roles", "Version", "Started", "Seen", "Reads, and how far behind"],
        [.. workers["items"].Items.Select(worker => Html.Of($"""
            <tr><th scope="row">{Parts.Code(worker["id"].Text)}<br/><small>{worker["host"].Text}, process {worker["pid"].Text}</small></th><td>{Icons.State(worker["state"].Text)}</td><td class="lines">{Html.Each(worker["roles"].Texts, role => Html.Of($"{role}<br/>"))}</td><td>{worker["version"].Text}</td>
            <td>{Parts.Time(worker["started_at"].Time, visit.Now)}</td><td>{Parts.Time(worker["heartbeat_at"].Time, visit.Now)}{Html.If(Math.Abs(worker["clock_ms_off"].Number) > MostOff, () => Html.Of($"""<br/><small class="stale">clock off by {Words.Length(Math.Abs((double)worker["clock_ms_off"].Number))}</small>"""))}</td>
            <td class="lines">{Html.Each(worker["groups"].Members, group => Html.Of($"{group.Name} <span class=\"quiet\">{Words.Count(group.Value["partitions"].Items.Count(), "partition")}, {Behind(group.Value)}</span><br/>"))}</td></tr>
            """))], Html.Of($"No process works.")));

    private static string Behind(Json group) => group["lag"].Number == 0 ? "nothing waits" : $"{Words.Count(group["lag"].Number)} behind, the oldest {PartitionTables.Age(group)}";

    private static Html Slow(Visit visit, Json workers)
    {
        var slow = workers["items"].Items.SelectMany(worker => worker["slow_handlers"].Items).GroupBy(one => one["type"].Text)
            .Select(type => (Type: type.Key, Count: type.Sum(one => one["count"].Number), Ran: type.Sum(one => one["run_ms"].Fraction), Longest: type.Max(one => one["longest_ms"].Fraction))).OrderByDescending(one => one.Ran);
        return Parts.Section("slow-part", "Slow handlers of late", Parts.Table(
            "Commands whose handlers took the most time of late", ["Command", "#Executed", "#Time in all", "#Longest"],
            [.. slow.Select(one => Html.Of($"""
                <tr><th scope="row"><a href="{visit.Link("commands", ("type", one.Type))}">{one.Type}</a></th><td class="number">{Words.Count(one.Count)}</td><td class="number">{Words.Length(one.Ran)}</td><td class="number">{Words.Length(one.Longest)}</td></tr>
                """))], Html.Of($"None has taken long enough to be told of.")));
    }

    private static Html Checks(Json health) => Parts.Section("parts-part", "Parts", Parts.Table(
        "Parts and how they are", ["Part", "State", "#Answered in", "What it says"],
        [.. health["checks"].Members.Select(check => Html.Of($"""
            <tr><th scope="row">{check.Name}</th><td>{Icons.State(check.Value["status"].Text)}</td><td class="number">{Words.Length(check.Value["latency_ms"].Fraction)}</td><td>{check.Value["detail"].Text}</td></tr>
            """))], Html.Of($"No part is asked.")));

    private static Html Circuits(Visit visit, Json circuits) => Parts.Section("circuits-part", "Circuits of services outside", Parts.Table(
        "Circuits", ["Service", "State", "#Failures in a row", "Tried again"],
        [.. circuits["breakers"].Items.Select(one => Html.Of($"""
            <tr><th scope="row">{one["name"].Text}</th><td>{Icons.State(one["state"].Text)}</td><td class="number">{one["failures"].Number}</td><td>{Parts.Time(one["retry_at"].Time, visit.Now)}</td></tr>
            """))], Html.Of($"No service outside has been called yet.")));

    private static Html Handlers(Visit visit, Json handlers) => Parts.Section("handlers-part", "Handlers", Parts.Table(
        "Handlers of commands", ["Handler", "Commands", "Health", "Circuit", "#Under way", "#Waited", "#Ran", "Do"],
        [.. handlers["items"].Items.Select(one => Html.Of($"""
            <tr><th scope="row">{one["name"].Text}</th><td>{string.Join(", ", one["types"].Texts)}</td><td>{Icons.State(one["health"].Text)}</td><td>{Icons.State(one["circuit"].Text)}</td><td class="number">{one["in_flight"].Number}</td>
            <td class="number">{Spent(one, "queue_ms")}</td><td class="number">{Spent(one, "run_ms")}</td>
            <td>{(one["registered"].Flag || one["kind"].Text != "built_in" ? Html.None : Html.Of($"""<div class="here"><p class="quiet">Taken out: nobody executes its commands.</p>{BringBack(visit, one["name"].Text)}</div>"""))}</td></tr>
            """))], Html.Of($"There are none.")));

    private static string Spent(Json handler, string what) => handler["averages"]["count"].Number == 0 ? "–" : Words.Length(handler["averages"][what].Fraction);
}
