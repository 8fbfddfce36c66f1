using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.Commands;

/// <summary>What a command came of and what came of it: the commands of its correlation, each below its cause.</summary>
internal static class Related
{
    private const int Most = 200;

    public static async Task<Html> LookAsync(Visit visit, Json command, Task<Html> carried)
    {
        var correlation = command["correlation_id"].IsThere ? command["correlation_id"].Text : command["id"].Text;
        var found = await visit.ReadAsync(Visit.With("", ("correlation_id", correlation), ("internal", "true"), ("limit", $"{Most}")));
        var all = found["items"].Items.Append(command).DistinctBy(one => one["id"].Text).OrderBy(one => one["submitted_at"].Time).ThenBy(one => one["id"].Text, StringComparer.Ordinal).ToList();
        var flow = await carried;
        if (all.Count == 1 && flow.IsEmpty)
        {
            return Parts.Section("related", "Causes and children", Html.Of($"""<p class="empty">It stands alone: nothing caused it, and it has caused nothing.</p>"""));
        }

        var ids = all.Select(one => one["id"].Text).ToHashSet(StringComparer.Ordinal);
        var byCause = all.ToLookup(one => CauseOf(one, ids, correlation));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return Parts.Section("related", "Causes and children", Html.Of($"""
            {flow}<ul class="tree">{Html.Each(byCause[""], one => Branch(visit, one, command["id"].Text, byCause, seen))}</ul>
            {Html.If(found["next_cursor"].IsThere, () => Html.Of($"""<p>These are {Most} of more: <a href="{visit.Link("commands", ("correlation_id", correlation))}">all</a></p>"""))}
            """));
    }

    /// <summary>The command that caused it; of what an event or a flow has caused the one that everything began with.</summary>
    private static string CauseOf(Json one, HashSet<string> ids, string first) =>
        one["causation_id"].Text is { Length: > 0 } cause && cause != one["id"].Text && ids.Contains(cause) ? cause
        : one["id"].Text != first && ids.Contains(first) ? first : "";

    private static Html Branch(Visit visit, Json one, string shown, ILookup<string, Json> byCause, HashSet<string> seen)
    {
        var id = one["id"].Text;
        if (!seen.Add(id))
        {
            return Html.None;
        }

        var children = byCause[id].ToList();
        var name = id == shown ? Html.Of($"{one["type"].Text} (this)") : Html.Of($"""<a href="{visit.Link("commands", id)}">{one["type"].Text}</a>""");
        return Html.Of($"""
            <li{(id == shown ? Html.Of($" class=\"this\"") : Html.None)}><span class="row">{name} {Icons.State(one["state"].Text)}</span>{Html.If(children.Count > 0, () => Html.Of($"<ul>{Html.Each(children, child => Branch(visit, child, shown, byCause, seen))}</ul>"))}</li>
            """);
    }

    /// <summary>The flow that carries its key on, or the order that it was sent for; nothing where there is none.</summary>
    public static async Task<Html> FlowAsync(Visit visit, Json command)
    {
        foreach (var about in new[] { command["key"].Text, command["data"]["refund_id"].Text, About.OrderOf(command) }.Where(one => one.Length > 0).Distinct())
        {
            if (await visit.AskAsync("sagas/" + Uri.EscapeDataString(about)) is { IsDone: true } answer)
            {
                var flow = answer.Json;
                return Html.Of($"""<p>Part of <a href="{visit.Link("flows", flow["id"].Text)}">the {flow["saga"].Text} flow of {about}</a> {Icons.State(flow["state"].Text)}</p>""");
            }
        }

        return Html.None;
    }
}
