using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Workers.Telemetry.Prometheus;

/// <summary>Collects when it is scraped.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class ScrapeExporter : BaseExporter<Metric>, IPullMetricExporter
{
    private const int TimeoutMs = 5_000;
    private readonly Lock _gate = new();
    private ScrapeText? _text;

    /// <summary>Set by the reader.</summary>
    public Func<int, bool>? Collect { get; set; }

    public byte[] Scrape(bool openMetrics)
    {
        lock (_gate)
        {
            _text = new ScrapeText(openMetrics);
            _text.Info("target", "What this process is", ParentProvider.GetResource().Attributes);
            Collect?.Invoke(TimeoutMs);
            return _text.End();
        }
    }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        _text?.Write(batch);
        return ExportResult.Success;
    }
}
