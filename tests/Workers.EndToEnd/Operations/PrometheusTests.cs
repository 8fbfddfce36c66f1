using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Cluster;

namespace Workers.EndToEnd.Operations;

/// <summary>A real Prometheus scrapes the program and evaluates what is asked of it.</summary>
[TestFixture]
public sealed class PrometheusTests
{
    private RunningPrometheus _prometheus = null!;

    [SetUp]
    public void Take()
    {
        TestServers.Named(RunningPrometheus.Variable);
        _prometheus = Observed.Prometheus!;
    }

    [Test]
    public async Task Every_panel_has_a_result()
    {
        foreach (var (panel, expr, _) in Dashboard.All.SelectMany(dashboard => dashboard.PrometheusQueries))
        {
            try
            {
                (await _prometheus.UntilAnyAsync(expr)).ShouldNotBeEmpty();
            }
            catch (Exception error) when (error is TimeoutException or InvalidOperationException)
            {
                throw new AssertionException($"{panel}: {error.Message}");
            }
        }
    }

    [Test]
    public async Task Every_rule_is_evaluated_and_what_is_recorded_is_there()
    {
        var answer = await _prometheus.Api.UntilAsync("/api/v1/rules", found => Rules(found).All(rule => rule.Health != "unknown"));

        Rules(answer).Select(rule => rule.Name).ShouldBe(Rule.All.Select(rule => rule.Name), ignoreOrder: true);
        Rules(answer).Where(rule => rule.Health != "ok").ShouldBeEmpty();
        foreach (var record in Rule.All.Where(rule => !rule.IsAlert))
        {
            (await _prometheus.UntilAnyAsync(record.Name)).ShouldNotBeEmpty(record.Name);
        }
    }

    private static List<(string Name, string Health, string Error)> Rules(Running.Answer answer) =>
    [
        .. from rules in answer.Json["data"]!["groups"]!.AsArray()
           from rule in rules!["rules"]!.AsArray()
           select (rule["name"]!.ToString(), rule["health"]!.ToString(), rule["lastError"]?.ToString() ?? ""),
    ];
}
