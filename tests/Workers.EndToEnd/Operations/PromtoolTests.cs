using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Cluster;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Operations;

/// <summary>Prometheus's own tool on the files of <c>ops/prometheus</c>; <c>WORKERS_TEST_PROMTOOL</c> is its path.</summary>
[TestFixture]
public sealed class PromtoolTests
{
    private readonly string _promtool = TestServers.Named("WORKERS_TEST_PROMTOOL");

    [Test]
    public async Task Rules_are_right() =>
        (await Tool.RunAsync(_promtool, ["check", "rules", .. Checkout.Files("ops/prometheus/rules", "*.yml")])).ShouldContain("SUCCESS");

    [Test]
    public async Task Alerts_fire_when_they_should_and_only_then() =>
        (await Tool.RunAsync(_promtool, ["test", "rules", .. Checkout.Files("ops/prometheus/tests", "*.yml")])).ShouldContain("SUCCESS");

    [Test]
    public async Task The_configuration_is_right()
    {
        // Where the files are in a container.
        using var directory = new DataDirectory();
        var text = await File.ReadAllTextAsync(Checkout.At("ops/prometheus/prometheus.yml"));
        var config = Path.Combine(directory.FullName, "prometheus.yml");
        await File.WriteAllTextAsync(config, text.Replace("/etc/prometheus", Checkout.At("ops/prometheus"), StringComparison.Ordinal));

        var output = await Tool.RunAsync(_promtool, ["check", "config", config]);

        output.ShouldContain($"{Checkout.Files("ops/prometheus/rules", "*.yml").Count} rule files found");
    }
}
