using System.Text.Json.Nodes;

namespace Workers.EndToEnd.Operations;

/// <summary>A file of <c>ops/grafana/dashboards</c>.</summary>
internal sealed record Dashboard(string File, JsonObject Json)
{
    // What people choose in Grafana, and what Grafana puts in.
    private static readonly (string Variable, string Value)[] Values =
    [
        ("$__rate_interval", "1m"), ("$job", ".*"), ("$instance", ".*"), ("$type", ".*"), ("$group", ".*"), ("$saga", ".*"), ("$grain", "60"),
    ];

    public static IReadOnlyList<Dashboard> All { get; } =
        [.. Checkout.Files("ops/grafana/dashboards", "*.json").Select(file => new Dashboard(Path.GetFileName(file), JsonNode.Parse(System.IO.File.ReadAllText(file))!.AsObject()))];

    public string Uid => Json["uid"]!.ToString();

    /// <summary>Without headings.</summary>
    public IReadOnlyList<JsonObject> Panels => [.. Json["panels"]!.AsArray().Select(panel => panel!.AsObject()).Where(panel => panel["type"]!.ToString() != "row")];

    /// <summary>What panels ask Prometheus, by title; variables stand as they are chosen by default.</summary>
    public IEnumerable<(string Panel, string Expr, string Legend)> PrometheusQueries => Queries("prometheus", "expr");

    /// <summary>What panels ask MySQL.</summary>
    public IEnumerable<(string Panel, string Sql, string Legend)> MySqlQueries => Queries("mysql", "rawSql");

    /// <summary><c>label_values(selector, label)</c> of its variables.</summary>
    public IEnumerable<(string Selector, string Label)> Variables =>
        from variable in Json["templating"]!["list"]!.AsArray()
        where variable!["type"]!.ToString() == "query"
        let text = Filled(variable["query"]!["query"]!.ToString())["label_values(".Length..^1]
        let comma = text.LastIndexOf(',')
        select (text[..comma], text[(comma + 1)..].Trim());

    private IEnumerable<(string Panel, string Query, string Legend)> Queries(string source, string member) =>
        from panel in Panels
        where panel["datasource"]!["type"]!.ToString() == source
        from target in panel["targets"]!.AsArray()
        select ($"{File}: {panel["title"]}", Filled(target![member]!.ToString()), target["legendFormat"]?.ToString() ?? "");

    private static string Filled(string text) => Values.Aggregate(text, (filled, one) => filled.Replace(one.Variable, one.Value, StringComparison.Ordinal));
}
