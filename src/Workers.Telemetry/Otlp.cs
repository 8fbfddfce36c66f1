using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace Workers.Telemetry;

/// <summary>
/// What OpenTelemetry's own variables say of sending. Where nothing is said otherwise, everything goes to the endpoint that is named; without one nothing is sent. What
/// is not here (certificates, compression, spans' and lines' batches) the exporter reads itself.
/// </summary>
/// <param name="variable">A variable's value; null where it is not set.</param>
internal sealed class Otlp(Func<string, string?> variable)
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string SamplerName = "OTEL_TRACES_SAMPLER";
    private const string SamplerArgument = "OTEL_TRACES_SAMPLER_ARG";

    // What comes in bursts waits here for the next sending; a message of so many stays below the 4 MiB that collectors take.
    private const int Waiting = 8_192;
    private const int Message = 2_048;

    private static readonly string[] s_samplers =
        ["always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"];

    private static readonly string[] s_signals = ["TRACES", "METRICS", "LOGS"];

    public static Otlp OfProcess { get; } = new(Environment.GetEnvironmentVariable);

    public bool SendsTraces => Sends("TRACES");

    public bool SendsMetrics => Sends("METRICS");

    public bool SendsLogs => Sends("LOGS");

    /// <summary>A record's trace is recorded where its flags say so, and nowhere else.</summary>
    public bool FollowsFlags => Value(SamplerName) is not ("always_on" or "traceidratio");

    /// <summary>Figures are sent as they are shown: as sums from the start, in the same buckets.</summary>
    public bool SendsAsShown =>
        Value("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE") is null or "cumulative"
        && Value("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION") is null or "explicit_bucket_histogram";

    /// <summary>Milliseconds between two sendings of figures.</summary>
    public int MetricsIntervalMs => Whole("OTEL_METRIC_EXPORT_INTERVAL") ?? 60_000;

    /// <summary>Milliseconds that one may take.</summary>
    public int MetricsTimeoutMs => Whole("OTEL_METRIC_EXPORT_TIMEOUT") ?? 30_000;

    /// <summary>Which traces are recorded, as the standard's variables say it, else <paramref name="ratio"/> of those that begin here and what callers have decided.</summary>
    public Sampler Sampler(decimal ratio) => Value(SamplerName) switch
    {
        "always_on" => new AlwaysOnSampler(),
        "always_off" => new AlwaysOffSampler(),
        "traceidratio" => Share(Ratio() ?? 1),
        "parentbased_always_on" => new ParentBasedSampler(new AlwaysOnSampler()),
        "parentbased_always_off" => new ParentBasedSampler(new AlwaysOffSampler()),
        "parentbased_traceidratio" => new ParentBasedSampler(Share(Ratio() ?? 1)),
        _ => new ParentBasedSampler(Share(ratio)),
    };

    /// <summary>Where and how a signal is sent: as its own variables say, else those of all.</summary>
    /// <param name="signal">TRACES, METRICS, LOGS.</param>
    /// <param name="options">With what is said for all.</param>
    public OtlpExporterOptions Of(string signal, OtlpExporterOptions options)
    {
        var prefix = $"OTEL_EXPORTER_OTLP_{signal}_";
        if (Value(prefix + "PROTOCOL") is { } protocol)
        {
            options.Protocol = protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        }

        if (Value(prefix + "ENDPOINT") is { } endpoint)
        {
            options.Endpoint = new Uri(endpoint);
        }

        options.Headers = Value(prefix + "HEADERS") ?? options.Headers;
        options.TimeoutMilliseconds = Whole(prefix + "TIMEOUT") ?? options.TimeoutMilliseconds;
        return options;
    }

    /// <summary>Sizes what waits to be sent, unless the standard's variables do.</summary>
    /// <param name="prefix">OTEL_BSP of spans, OTEL_BLRP of lines.</param>
    /// <param name="batch">With what is said.</param>
    public BatchExportProcessorOptions<T> Sized<T>(string prefix, BatchExportProcessorOptions<T> batch)
        where T : class
    {
        if (Value(prefix + "_MAX_QUEUE_SIZE") is null && Value(prefix + "_MAX_EXPORT_BATCH_SIZE") is null)
        {
            (batch.MaxQueueSize, batch.MaxExportBatchSize) = (Waiting, Message);
        }

        return batch;
    }

    /// <summary>What is wrong with them, a sentence each.</summary>
    public IEnumerable<string> Faults()
    {
        foreach (var name in s_signals.Select(signal => $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT").Prepend(Endpoint))
        {
            if (Value(name) is { } address && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            {
                yield return $"{name} is '{address}'; it is the address of a collector, such as http://127.0.0.1:4317.";
            }
        }

        foreach (var name in s_signals.Select(signal => $"OTEL_{signal}_EXPORTER"))
        {
            if (Value(name) is { } exporter and not ("otlp" or "none"))
            {
                yield return $"{name} is '{exporter}'; there are otlp and none.";
            }
        }

        foreach (var name in s_signals.Select(signal => $"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL").Prepend("OTEL_EXPORTER_OTLP_PROTOCOL"))
        {
            if (Value(name) is { } protocol and not ("grpc" or "http/protobuf"))
            {
                yield return $"{name} is '{protocol}'; there are grpc and http/protobuf.";
            }
        }

        foreach (var name in new[] { "OTEL_METRIC_EXPORT_INTERVAL", "OTEL_METRIC_EXPORT_TIMEOUT" })
        {
            if (Value(name) is { } wait && Whole(name) is not > 0)
            {
                yield return $"{name} is '{wait}'; it is a number of milliseconds.";
            }
        }

        if (Value(SamplerName) is { } sampler && !s_samplers.Contains(sampler))
        {
            yield return $"{SamplerName} is '{sampler}'; there are {string.Join(", ", s_samplers)}.";
        }

        if (Value(SamplerArgument) is { } argument && Ratio() is not (>= 0 and <= 1))
        {
            yield return $"{SamplerArgument} is '{argument}'; it is a share from 0 to 1, such as 0.01.";
        }
    }

    private bool Sends(string signal) =>
        (Value(Endpoint) ?? Value($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")) is not null && Value($"OTEL_{signal}_EXPORTER") != "none"
        && !string.Equals(Value("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase);

    private int? Whole(string name) => int.TryParse(Value(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private decimal? Ratio() =>
        decimal.TryParse(Value(SamplerArgument), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var ratio) ? ratio : null;

    private string? Value(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;

    private static TraceIdRatioBasedSampler Share(decimal ratio) => new((double)ratio);
}
