using System.ComponentModel.DataAnnotations;

namespace Workers.Telemetry;

/// <summary><c>Workers:Telemetry</c>. Sending over OTLP is switched on by the standard's own <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>Counts, times and serves <c>/metrics</c>. Default true.</summary>
    public bool Metrics { get; set; } = true;

    /// <summary>Keeps the trace of one measured value a bucket, shown to scrapers of OpenMetrics. Default true; costs nothing while nothing is traced.</summary>
    public bool Exemplars { get; set; } = true;

    /// <summary>
    /// Counts and times with MassTransit's own meter too: per consumer and message type, in milliseconds. Default false: <c>workers.command.*</c> tells the same, and keeping four
    /// or five more figures a message is what telemetry costs most by.
    /// </summary>
    public bool MassTransit { get; set; }

    /// <summary>
    /// Sends every access line over OTLP. Default false: of requests whose trace is recorded, and of answers from 500 on. Console and file have all of them.
    /// </summary>
    public bool AllAccessLines { get; set; }

    /// <summary>
    /// Share of the traces that begin here which are recorded, 0 to 1; callers' own decisions are followed. Default 0.01; <c>OTEL_TRACES_SAMPLER</c> says otherwise.
    /// </summary>
    [Range(0.0, 1.0)]
    public decimal SampleRatio { get; set; } = 0.01m;
}
