using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Shouldly;
using Workers.Engine.Telemetry;
using Workers.Telemetry;
using Workers.Telemetry.Prometheus;

namespace Workers.Tests.Telemetry;

[Parallelizable(ParallelScope.All)]
public sealed class FiguresTests
{
    [Test]
    public async Task What_is_kept_once_is_sent_and_shown()
    {
        var received = Array.Empty<byte>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var collector = builder.Build();
        collector.Urls.Add("http://127.0.0.1:0");
        collector.MapPost("/v1/metrics", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            received = body.ToArray();
        });
        await collector.StartAsync();
        var address = collector.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var figures = Begin(
            new TelemetryOptions(), ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", address + "/v1/metrics"), ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/protobuf"));
        using var meters = figures.Meters;
        using var meter = new Meter(EngineMeter.Name);
        meter.CreateCounter<long>("t.sent", "{thing}").Add(3);

        Shown(figures).ShouldContain("t_sent_total 3");
        meters.ForceFlush(5_000).ShouldBeTrue();
        figures.Scrape.ShouldBeOfType<ShownAndSent>();
        Encoding.ASCII.GetString(received).ShouldContain("t.sent");
        Shown(figures).ShouldContain("t_sent_total 3");
        Shown(figures).Split("# TYPE t_sent_total").Length.ShouldBe(2);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void MassTransits_own_figures_are_kept_where_they_are_asked_for(bool asked)
    {
        var figures = Begin(new TelemetryOptions { MassTransit = asked });
        using var meters = figures.Meters;
        using var meter = new Meter("MassTransit");
        var name = $"t_own_{asked}";
        meter.CreateCounter<long>(name).Add(1);

        Shown(figures).Contains(name + "_total 1", StringComparison.Ordinal).ShouldBe(asked);
    }

    private static Figures Begin(TelemetryOptions options, params (string Name, string? Value)[] variables) => Figures.Begin(
        options, ResourceBuilder.CreateEmpty(), new Otlp(name => variables.FirstOrDefault(variable => variable.Name == name).Value));

    private static string Shown(Figures figures) => Encoding.UTF8.GetString(figures.Scrape.Scrape(openMetrics: false));
}
