using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Workers.Telemetry.Prometheus;

/// <summary>Collects when it is scraped.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class ScrapeExporter : BaseExporter<Metric>, IPullMetricExporter, IScrape
{
    private readonly ScrapeInHand _scrape = new();

    /// <summary>Set by the reader.</summary>
    public Func<int, bool>? Collect { get; set; }

    public byte[] Scrape(bool openMetrics) => _scrape.Run(openMetrics, ParentProvider, Collect);

    public override ExportResult Export(in Batch<Metric> batch)
    {
        _scrape.Takes(batch);
        return ExportResult.Success;
    }
}
