using System.ComponentModel.DataAnnotations;

namespace Workers.Telemetry;

/// <summary><c>Workers:Telemetry</c>. Sending over OTLP is switched on by the standard's own <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>Counts, times and serves <c>/metrics</c>. Default true.</summary>
    public bool Metrics { get; set; } = true;

    /// <summary>Keeps the trace of one measured value a bucket, shown to scrapers of OpenMetrics. Default true; costs nothing while nothing is traced.</summary>
    public bool Exemplars { get; set; } = true;

    /// <summary>Share of the traces that begin here which are recorded, 0 to 1; callers' own decisions are followed. Default 1.</summary>
    [Range(0.0, 1.0)]
    public decimal SampleRatio { get; set; } = 1;
}
