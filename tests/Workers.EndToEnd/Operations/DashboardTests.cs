using System.Text.Json.Nodes;
using NUnit.Framework;
using Shouldly;

namespace Workers.EndToEnd.Operations;

/// <summary>The dashboards as files.</summary>
[TestFixture]
public sealed class DashboardTests
{
    private static readonly string[] PanelTypes = ["row", "stat", "timeseries", "table", "state-timeline", "heatmap"];

    // As Grafana's list of units (@grafana/data, valueFormats) names them; what it does not know it would put behind the number as text.
    private static readonly string[] Units = ["none", "s", "ms", "ops", "reqps", "percentunit", "bytes", "short"];

    [Test]
    public void Each_has_a_uid_of_its_own_and_they_are_the_ones_that_operators_expect()
    {
        Dashboard.All.Select(dashboard => dashboard.Uid).ShouldBe(
            ["workers-overview", "workers-commands", "workers-lag", "workers-flows", "workers-business"], ignoreOrder: true);
        Dashboard.All.Select(dashboard => dashboard.Json["title"]!.ToString()).ShouldBeUnique();
    }

    [TestCaseSource(nameof(Files))]
    public void Every_panel_says_what_it_shows_in_which_unit(string file)
    {
        var dashboard = Dashboard.All.Single(one => one.File == file);

        dashboard.Json["schemaVersion"]!.GetValue<int>().ShouldBe(40);
        dashboard.Json["templating"]!["list"]!.AsArray().ShouldContain(variable => variable!["name"]!.ToString() == "job");
        dashboard.Json["panels"]!.AsArray().Select(panel => panel!["id"]!.GetValue<int>()).ShouldBeUnique();
        foreach (var panel in dashboard.Panels)
        {
            var title = panel["title"]!.ToString();
            panel["description"]!.ToString().Length.ShouldBeGreaterThan(10, title);
            var defaults = panel["fieldConfig"]!["defaults"]!;
            UnitsOf(panel).ShouldBeSubsetOf(Units, title);
            defaults["thresholds"]!["steps"]!.AsArray().ShouldNotBeEmpty(title);
            PanelTypes.ShouldContain(panel["type"]!.ToString(), title);
        }
    }

    [TestCaseSource(nameof(Files))]
    public void Every_panel_asks_a_data_source_that_is_provisioned_and_each_question_has_its_letter(string file)
    {
        var dashboard = Dashboard.All.Single(one => one.File == file);
        var variables = dashboard.Json["templating"]!["list"]!.AsArray().OfType<JsonObject>().Where(variable => variable["datasource"] is not null);

        foreach (var asking in dashboard.Panels.Concat(variables))
        {
            var (type, uid) = (asking["datasource"]!["type"]!.ToString(), asking["datasource"]!["uid"]!.ToString());
            Provisioned.ShouldContain((type, uid), asking.ToJsonString());
        }

        foreach (var panel in dashboard.Panels)
        {
            var letters = panel["targets"]!.AsArray().Select(target => target!["refId"]!.ToString()).ToList();
            letters.ShouldNotBeEmpty(panel["title"]!.ToString());
            letters.ShouldBeUnique(panel["title"]!.ToString());
            letters.ShouldAllBe(letter => letter.Length > 0);
        }

        // What the schema of dashboards (@grafana/schema) demands of a link.
        foreach (var link in dashboard.Json["links"]!.AsArray())
        {
            new[] { "title", "type", "icon", "tooltip", "tags", "asDropdown", "targetBlank", "includeVars", "keepTime" }.ShouldAllBe(member => link![member] != null);
        }
    }

    [TestCaseSource(nameof(Files))]
    public void Panels_do_not_lie_on_each_other(string file)
    {
        var places = Dashboard.All.Single(one => one.File == file).Json["panels"]!.AsArray().SelectMany(panel => Cells(panel!["gridPos"]!.AsObject())).ToList();

        places.ShouldBeUnique();
        places.ShouldAllBe(cell => cell.X < 24);
    }

    private static IEnumerable<string> UnitsOf(JsonObject panel) =>
    [
        panel["fieldConfig"]!["defaults"]!["unit"]!.ToString(),
        .. panel["fieldConfig"]!["overrides"]!.AsArray().SelectMany(one => one!["properties"]!.AsArray()).Where(one => one!["id"]!.ToString() == "unit").Select(one => one!["value"]!.ToString()),
    ];

    // Its files are lists of members by line.
    private static readonly IReadOnlyList<(string Type, string Uid)> Provisioned =
    [
        .. Checkout.Files("ops/grafana/provisioning/datasources", "*.yaml").Select(file => File.ReadAllLines(file).Select(line => line.Trim()).ToList())
            .Select(lines => (Member(lines, "type: "), Member(lines, "uid: "))),
    ];

    private static string Member(List<string> lines, string name) => lines.Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..];

    private static IEnumerable<(int X, int Y)> Cells(JsonObject place) =>
        from x in Enumerable.Range(place["x"]!.GetValue<int>(), place["w"]!.GetValue<int>())
        from y in Enumerable.Range(place["y"]!.GetValue<int>(), place["h"]!.GetValue<int>())
        select (x, y);

    private static IEnumerable<string> Files() => Dashboard.All.Select(dashboard => dashboard.File);
}
