using NUnit.Framework;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using Shouldly;
using Workers.Telemetry;

namespace Workers.Tests.Telemetry;

[Parallelizable(ParallelScope.All)]
public sealed class OtlpTests
{
    [TestCase(null, null, "ParentBased{TraceIdRatioBasedSampler{0.250000}}")]
    [TestCase("always_on", null, "AlwaysOnSampler")]
    [TestCase("always_off", null, "AlwaysOffSampler")]
    [TestCase("traceidratio", "0.5", "TraceIdRatioBasedSampler{0.500000}")]
    [TestCase("traceidratio", null, "TraceIdRatioBasedSampler{1.000000}")]
    [TestCase("parentbased_always_on", null, "ParentBased{AlwaysOnSampler}")]
    [TestCase("parentbased_always_off", null, "ParentBased{AlwaysOffSampler}")]
    [TestCase("parentbased_traceidratio", "0.5", "ParentBased{TraceIdRatioBasedSampler{0.500000}}")]
    public void Samplers_have_the_names_of_the_standard(string? name, string? argument, string sampler) =>
        With(("OTEL_TRACES_SAMPLER", name), ("OTEL_TRACES_SAMPLER_ARG", argument)).Sampler(0.25m).Description.ShouldBe(sampler);

    [Test]
    public void Without_an_endpoint_nothing_is_sent()
    {
        var otlp = With();

        (otlp.SendsTraces, otlp.SendsMetrics, otlp.SendsLogs).ShouldBe((false, false, false));
    }

    [Test]
    public void Each_signal_is_switched_off_by_itself()
    {
        var otlp = With(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"), ("OTEL_METRICS_EXPORTER", "none"));

        (otlp.SendsTraces, otlp.SendsMetrics, otlp.SendsLogs).ShouldBe((true, false, true));
        With(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"), ("OTEL_SDK_DISABLED", "TRUE")).SendsTraces.ShouldBeFalse();
    }

    [TestCase(null, true)]
    [TestCase("parentbased_always_on", true)]
    [TestCase("always_on", false)]
    [TestCase("traceidratio", false)]
    public void Flags_decide_unless_a_sampler_does_not_look_at_them(string? sampler, bool follows) => With(("OTEL_TRACES_SAMPLER", sampler)).FollowsFlags.ShouldBe(follows);

    [TestCase(null, null, true)]
    [TestCase("cumulative", "explicit_bucket_histogram", true)]
    [TestCase("delta", null, false)]
    [TestCase(null, "base2_exponential_bucket_histogram", false)]
    public void Figures_are_kept_once_unless_they_are_sent_otherwise_than_shown(string? temporality, string? histograms, bool once) =>
        With(("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", temporality), ("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", histograms)).SendsAsShown.ShouldBe(once);

    [Test]
    public void A_signal_goes_where_its_own_variables_say()
    {
        var otlp = With(
            ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://lines:4318/v1/logs"), ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "http/protobuf"), ("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "a=b"),
            ("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "2000"));

        var lines = otlp.Of("LOGS", new OtlpExporterOptions());
        (lines.Endpoint, lines.Protocol, lines.Headers, lines.TimeoutMilliseconds)
            .ShouldBe((new Uri("http://lines:4318/v1/logs"), OtlpExportProtocol.HttpProtobuf, "a=b", 2_000));
        otlp.Of("TRACES", new OtlpExporterOptions()).Endpoint.ShouldBe(new OtlpExporterOptions().Endpoint);
    }

    [Test]
    public void What_waits_to_be_sent_is_sized_unless_the_standards_variables_do()
    {
        var sized = With().Sized("OTEL_BLRP", new BatchExportLogRecordProcessorOptions());
        var left = With(("OTEL_BLRP_MAX_QUEUE_SIZE", "100")).Sized("OTEL_BLRP", new BatchExportLogRecordProcessorOptions { MaxQueueSize = 100, MaxExportBatchSize = 50 });

        (sized.MaxQueueSize, sized.MaxExportBatchSize).ShouldBe((8_192, 2_048));
        (left.MaxQueueSize, left.MaxExportBatchSize).ShouldBe((100, 50));
    }

    [TestCase("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "udp")]
    [TestCase("OTEL_METRIC_EXPORT_INTERVAL", "10s")]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT", "collector")]
    [TestCase("OTEL_EXPORTER_OTLP_PROTOCOL", "udp")]
    [TestCase("OTEL_TRACES_EXPORTER", "jaeger")]
    [TestCase("OTEL_TRACES_SAMPLER", "sometimes")]
    [TestCase("OTEL_TRACES_SAMPLER_ARG", "1.5")]
    [TestCase("OTEL_TRACES_SAMPLER_ARG", "half")]
    public void What_makes_no_sense_is_named(string name, string value)
    {
        var fault = With((name, value)).Faults().ShouldHaveSingleItem();

        fault.ShouldStartWith($"{name} is '{value}'; ");
    }

    private static Otlp With(params (string Name, string? Value)[] variables) => new(name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
