using System.Text.RegularExpressions;
using NUnit.Framework;
using Shouldly;

namespace Workers.EndToEnd.Operations;

/// <summary>What rules and panels name, against a scrape of the running program.</summary>
[TestFixture]
public sealed partial class ScrapedNamesTests
{
    // What Prometheus says itself: of each target, and of its own alerts.
    private static readonly string[] OfPrometheus = ["up", "ALERTS"];
    private static readonly string[] OfScrape = ["job", "instance", "role", "alertname", "alertstate", "severity"];

    private static readonly Dictionary<string, Rule> Recorded = Rule.All.Where(rule => !rule.IsAlert).ToDictionary(rule => rule.Name);

    [Test]
    public async Task Every_metric_and_label_that_a_rule_or_a_panel_names_is_scraped()
    {
        var used = Uses().ToList();
        var names = used.SelectMany(use => use.Query.Selectors).Select(one => one.Metric).Where(name => !Recorded.ContainsKey(name)).Except(OfPrometheus).ToHashSet();
        names.Count.ShouldBeGreaterThan(40);

        var scraped = await Scrape.UntilAsync(SharedProgram.Api, names);

        names.Where(name => !scraped.ContainsKey(name)).ShouldBeEmpty();
        foreach (var (where, query, shown) in used)
        {
            foreach (var (metric, labels) in query.Selectors)
            {
                labels.Except(LabelsOf(metric)).ShouldBeEmpty($"{where}: labels of {metric}");
            }

            var known = query.Selectors.SelectMany(one => LabelsOf(one.Metric)).ToHashSet();
            query.Groups.Except(known).ShouldBeEmpty($"{where}: groups");
            shown.Except(known).ShouldBeEmpty($"{where}: shows");
        }

        IEnumerable<string> LabelsOf(string metric) => OfScrape.Concat(
            Recorded.TryGetValue(metric, out var rule) ? RecordedLabels(PromQuery.Of(rule.Expr)) : scraped.GetValueOrDefault(metric, []));

        IEnumerable<string> RecordedLabels(PromQuery query) => query.Groups.Count > 0 ? query.Groups : query.Selectors.SelectMany(one => LabelsOf(one.Metric));
    }

    [TestCase("sum by (job, le) (rate(a_b{c=~\"x{y}\", d!=\"\"}[5m])) / on (job) group_left (e) b:c:d", "a_b(c d) b:c:d()", "job le job e")]
    [TestCase("histogram_quantile(0.95, f) > 1e9 and deriv(g[15m]) > 0 or vector(0)", "f() g()", "")]
    [TestCase("topk(10, max without (h) (i{j=\"k\"}))", "i(j)", "")]
    public void A_query_names_metrics_labels_and_groups(string text, string selectors, string groups)
    {
        var query = PromQuery.Of(text);

        string.Join(' ', query.Selectors.Select(one => $"{one.Metric}({string.Join(' ', one.Labels)})")).ShouldBe(selectors);
        string.Join(' ', query.Groups).ShouldBe(groups);
    }

    private static IEnumerable<(string Where, PromQuery Query, string[] Shown)> Uses()
    {
        foreach (var rule in Rule.All)
        {
            yield return ($"{rule.Source}: {rule.Name}", PromQuery.Of(rule.Expr), Named(ShownByAlert(), string.Join(' ', rule.Annotations.Values)));
        }

        foreach (var dashboard in Dashboard.All)
        {
            foreach (var (panel, expr, legend) in dashboard.PrometheusQueries)
            {
                yield return (panel, PromQuery.Of(expr), Named(ShownByLegend(), legend));
            }

            foreach (var (selector, label) in dashboard.Variables)
            {
                yield return ($"{dashboard.File}: {selector}", PromQuery.Of(selector), [label]);
            }
        }
    }

    private static string[] Named(Regex pattern, string text) => [.. pattern.Matches(text).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"\$labels\.(\w+)")]
    private static partial Regex ShownByAlert();

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex ShownByLegend();
}
