using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Workers.Telemetry.Prometheus;

/// <summary>Sends what its reader collects now and then, and shows it when it is scraped: each figure is kept once for both.</summary>
internal sealed class ShownAndSent(OtlpExporterOptions options) : OtlpMetricExporter(options), IPullMetricExporter, IScrape
{
    private readonly ScrapeInHand _scrape = new();

    /// <summary>Set by the reader.</summary>
    public Func<int, bool>? Collect { get; set; }

    public byte[] Scrape(bool openMetrics) => _scrape.Run(openMetrics, ParentProvider, Collect);

    public override ExportResult Export(in Batch<Metric> batch) => _scrape.Takes(batch) ? ExportResult.Success : base.Export(batch);
}
