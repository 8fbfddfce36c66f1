using NUnit.Framework;
using Shouldly;

namespace Workers.EndToEnd.Operations;

/// <summary>Every alert says what is wrong, has a page that says what to do, and a test of its rule.</summary>
[TestFixture]
public sealed class AlertTests
{
    private static readonly string[] Severities = ["critical", "warning"];

    [TestCaseSource(nameof(Alerts))]
    public void An_alert_has_a_severity_a_summary_with_values_a_runbook_and_a_test(string name)
    {
        var alert = Rule.Alerts.Single(rule => rule.Name == name);

        Severities.ShouldContain(alert.Labels["severity"]);
        alert.Annotations["summary"].ShouldNotBeEmpty();
        alert.Annotations["runbook_url"].ShouldBe($"docs/runbooks/{name}.md");
        File.ReadAllText(Checkout.At($"docs/runbooks/{name}.md")).ShouldStartWith($"# {name}\n");
        var tests = string.Concat(Checkout.Files("ops/prometheus/tests", "*.yml").Select(File.ReadAllText)).Split("alertname: ");
        var ofIt = tests.Where(test => test.Split('\n', ',', '}')[0].Trim() == name).ToList();
        ofIt.ShouldContain(test => test.Contains("exp_labels"), "a test where it fires");
        ofIt.ShouldContain(test => !test.Contains("exp_labels"), "a test where it does not");
    }

    [Test]
    public void Every_runbook_is_of_an_alert() =>
        Checkout.Files("docs/runbooks", "*.md").Select(Path.GetFileNameWithoutExtension).Except(Rule.Alerts.Select(alert => alert.Name)).ShouldBeEmpty();

    private static IEnumerable<string> Alerts() => Rule.Alerts.Select(alert => alert.Name);
}
