using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.Overview;

/// <summary>The answer first: healthy, or not and why; then what goes through, how long it takes and what waits.</summary>
internal static class OverviewPage
{
    private const int Minutes = 60;

    public static async Task<Page> ShowAsync(Visit visit)
    {
        var seen = await Seen.LookAsync(visit);
        var body = seen.IsEmpty
            ? Html.Join([Answer(visit, seen), FirstSteps.Of(visit)])
            : Html.Of($"""
                {Answer(visit, seen)}
                <div class="tiles">{Html.Join(Tiles(visit, seen))}</div>
                {Failures(visit, seen.Failures)}
                {Kinds(visit, seen.Metrics)}
                """);
        return new Page("Overview", "", Parts.Live("overview", body)) { IsLive = true };
    }

    private static Html Answer(Visit visit, Seen seen)
    {
        var reasons = Reasons.Of(visit, seen);
        var status = seen.Health.Json["status"].Text is "unhealthy" ? "unhealthy" : reasons.Count > 0 ? "degraded" : "healthy";
        var title = status switch
        {
            "healthy" => "Healthy",
            "degraded" => reasons.Count == 1 ? "Degraded because of one thing" : $"Degraded because of {reasons.Count} things",
            _ => "Unhealthy",
        };
        return Html.Of($"""
            <div class="answer {Icons.ToneOf(status)}"><h2>{(status == "healthy" ? Icons.Well : Icons.Alarm)}{title}</h2>
            {(reasons.Count == 0
                ? Html.Of($"<p>Every part answers, and nothing waits for somebody.</p>")
                : Html.Of($"<ul>{Html.Each(reasons, reason => Html.Of($"<li>{reason}</li>"))}</ul>"))}</div>
            """);
    }

    private static IEnumerable<Html> Tiles(Visit visit, Seen seen)
    {
        var metrics = seen.Metrics;
        List<Json> points = [.. metrics["points"].Items];
        var totals = points.ConvertAll(point => (double)point["total"].Number);
        var (total, failed) = (metrics["total"].Number, metrics["failed"].Number);
        yield return Tile("Ended in the last hour", Words.Count(total), $"{Words.Count((long)totals.TakeLast(2).FirstOrDefault())} in the last whole minute", visit.Link("commands"), Sparkline.Of(totals, $"Commands that ended, a minute each, {Minutes} minutes: at most {totals.Max(0)}"));
        yield return Tile("Failed in the last hour", Words.Count(failed), total == 0 ? "none of none" : $"{(double)failed / total:0.0%} of all", visit.Link("commands", ("state", "FAILED")), Sparkline.Of(points.ConvertAll(point => (double)point["failed"].Number), $"Commands that failed, a minute each, {Minutes} minutes"));
        yield return Tile("Time to run, p95", Words.Length(metrics["run_ms"]["p95"].Fraction), $"p50 {Words.Length(metrics["run_ms"]["p50"].Fraction)}", null, Sparkline.Of(points.ConvertAll(point => point["run_ms"]["p95"].Fraction), "p95 of the time to run, a minute each"));
        yield return Tile("Time to wait, p95", Words.Length(metrics["queue_ms"]["p95"].Fraction), $"p50 {Words.Length(metrics["queue_ms"]["p50"].Fraction)}", null, Sparkline.Of(points.ConvertAll(point => point["queue_ms"]["p95"].Fraction), "p95 of the time to wait, a minute each"));
        yield return Tile("Oldest that waits", seen.Oldest is { } oldest ? Words.Length(visit.Now - oldest) : "–", seen.Oldest is null && seen.Waiting == "0" ? "nothing waits" : $"{seen.Waiting} {(seen.Waiting == "1" ? "waits or runs" : "wait or run")}", visit.Link("queues"));
        yield return Tile("Dead letters", Words.Count(seen.DeadLetters), seen.DeadLetters == 0 ? "none to repair" : Words.Count(seen.Groups.Count, "cause"), visit.Link("dead-letters"));
        yield return Tile("Workers", Words.Count(seen.Workers.Count), seen.Workers.Count == 1 ? "one process" : "processes", visit.Link("workers"));
        yield return Tile("Next fire", seen.NextFire is { } next ? Words.Ago(next, visit.Now) : "–", seen.NextSchedule is { Length: > 0 } name ? name : "no schedule is active", visit.Link("schedules"));
    }

    /// <summary>What ninety-five of a hundred were done in; of none nothing.</summary>
    public static string Spent(Json kind, string what) => kind["total"].Number == 0 ? "–" : Words.Length(kind[what]["p95"].Fraction);

    private static double Max(this List<double> values, double otherwise) => values.Count == 0 ? otherwise : values.Max();

    private static Html Tile(string name, string figure, string below, string? link, Html chart = default) => Html.Of($"""
        <div class="tile"><span class="name">{(link is null ? Html.Of($"{name}") : Html.Of($"""<a href="{link}">{name}</a>"""))}</span><span class="figure">{figure}</span><small>{below}</small>{chart}</div>
        """);

    /// <summary>What failed last, each with why and the way to its page: there it is repaired.</summary>
    private static Html Failures(Visit visit, List<Json> failures) => Html.If(failures.Count > 0, () => Parts.Section("failures", "What failed last", Parts.Table(
        "Commands that failed, the newest first", ["Command", "State", "About", "Why", "Accepted"],
        [.. failures.Select(one => Html.Of($"""
            <tr><th scope="row"><a href="{visit.Link("commands", one["id"].Text)}">{one["type"].Text}</a></th><td>{Icons.State(one["state"].Text)}</td><td>{Commands.About.Of(one)}</td>
            <td><span class="clip">{Commands.CommandsPage.Said(one)}</span></td><td>{Parts.Time(one["submitted_at"].Time, visit.Now)}</td></tr>
            """))], Html.None), beside: Html.Of($"""<span><a href="{visit.Link("commands", ("state", "FAILED"))}">All that failed</a></span>""")));

    private static Html Kinds(Visit visit, Json metrics)
    {
        var rows = metrics["kinds"].Items.OrderByDescending(kind => kind["total"].Number).Select(kind => Html.Of($"""
            <tr><th scope="row"><a href="{visit.Link("commands", ("kind", kind["type"].Text))}">{kind["type"].Text}</a></th><td class="number">{Words.Count(kind["total"].Number)}</td>
            <td class="number">{Words.Count(kind["failed"].Number)}</td><td class="number">{Words.Count(kind["retries"].Number)}</td>
            <td class="number">{Spent(kind, "queue_ms")}</td><td class="number">{Spent(kind, "run_ms")}</td></tr>
            """)).ToList();
        return Parts.Section("kinds", "The last hour by kind", Parts.Table(
            "Commands that ended in the last hour, by kind", ["Kind", "#Ended", "#Failed", "#Retries", "#Wait p95", "#Run p95"], rows, Html.Of($"No command has ended in the last hour.")));
    }
}
