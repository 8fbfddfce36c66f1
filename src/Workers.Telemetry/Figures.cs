using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Workers.Engine.Telemetry;
using Workers.Telemetry.Prometheus;

namespace Workers.Telemetry;

/// <summary>What is counted and timed. Each figure is kept once, also where it is both shown and sent: keeping is most of what they cost.</summary>
/// <param name="Meters">Keeps them.</param>
/// <param name="Scrape">Shows them.</param>
internal sealed record Figures(MeterProvider Meters, IScrape Scrape)
{
    private static readonly double[] s_seconds = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];
    private static readonly double[] s_counts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000];

    private const int LongestSendMs = 3_000;

    private static readonly string[] s_meters =
    [
        EngineMeter.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime",
    ];

    /// <summary>Keeps, shows and, where a collector is named, sends them from now on.</summary>
    public static Figures Begin(TelemetryOptions options, ResourceBuilder resource) => Begin(options, resource, Otlp.OfProcess);

    internal static Figures Begin(TelemetryOptions options, ResourceBuilder resource, Otlp otlp)
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(options.MassTransit ? [.. s_meters, "MassTransit"] : s_meters)
            .AddView(ViewOf);
        if (options.Exemplars)
        {
            builder.SetExemplarFilter(ExemplarFilterType.TraceBased);
        }

        if (otlp is { SendsMetrics: true, SendsAsShown: true })
        {
            // While they are sent they cannot be shown: a collector that does not answer must not hold up a scrape for longer than a scraper waits.
            var to = otlp.Of("METRICS", new OtlpExporterOptions());
            to.TimeoutMilliseconds = Math.Min(to.TimeoutMilliseconds, LongestSendMs);
            var both = new ShownAndSent(to);
            return new(builder.AddReader(new PeriodicExportingMetricReader(both, otlp.MetricsIntervalMs, otlp.MetricsTimeoutMs)).Build(), both);
        }

        // Sent in another manner than it is shown, a figure has to be kept twice.
        var shown = new ScrapeExporter();
        builder.AddReader(new BaseExportingMetricReader(shown));
        return new((otlp.SendsMetrics ? builder.AddOtlpExporter(to => otlp.Of("METRICS", to)) : builder).Build(), shown);
    }

    private static MetricStreamConfiguration? ViewOf(Instrument instrument)
    {
        var isHistogram = instrument is Histogram<double> or Histogram<long>;
        return isHistogram && instrument.Unit == "s" ? new ExplicitBucketHistogramConfiguration { Boundaries = s_seconds }
            : instrument.Name == "workers.batch.size" ? new ExplicitBucketHistogramConfiguration { Boundaries = s_counts }
            : null;
    }
}
