using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using NUnit.Framework;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Shouldly;
using Workers.Telemetry.Prometheus;

namespace Workers.Tests.Telemetry;

/// <summary>What a scrape looks like.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class ScrapeTests : IDisposable
{
    private readonly Meter _meter = new("scrape-" + Guid.NewGuid());
    private readonly ScrapeExporter _exporter = new();
    private readonly MeterProvider _provider;

    public ScrapeTests() => _provider = Sdk.CreateMeterProviderBuilder()
        .AddMeter(_meter.Name)
        .AddView("t.time", new ExplicitBucketHistogramConfiguration { Boundaries = [0.5, 1] })
        .SetExemplarFilter(ExemplarFilterType.TraceBased)
        .AddReader(new BaseExportingMetricReader(_exporter))
        .Build();

    [Test]
    public void A_counter_has_its_help_its_type_and_a_name_that_ends_in_total()
    {
        _meter.CreateCounter<long>("t.things", "{thing}", "Things\nthat were").Add(3, new KeyValuePair<string, object?>("a.b", "x\"y\\z"));

        Lines().ShouldBe(["# HELP t_things_total Things\\nthat were", "# TYPE t_things_total counter", "t_things_total{a_b=\"x\\\"y\\\\z\"} 3"]);
        Lines(openMetrics: true)[..2].ShouldBe(["# HELP t_things Things\\nthat were", "# TYPE t_things counter"]);
    }

    [Test]
    public void The_length_of_the_thread_pools_queue_is_a_gauge_whatever_the_runtime_calls_it()
    {
        _meter.CreateObservableCounter("dotnet.thread_pool.queue.length", () => 2L, "{work_item}", "Waiting");

        Lines()[1..].ShouldBe(["# TYPE dotnet_thread_pool_queue_length gauge", "dotnet_thread_pool_queue_length 2"]);
    }

    [Test]
    public void A_gauge_has_its_unit_in_its_name()
    {
        _meter.CreateObservableGauge("t.age", () => 1.5, "s", "How old");

        Lines().ShouldBe(["# HELP t_age_seconds How old", "# TYPE t_age_seconds gauge", "t_age_seconds 1.5"]);
        Lines(openMetrics: true).ShouldContain("# UNIT t_age_seconds seconds");
    }

    [Test]
    public void A_histogram_has_cumulative_buckets_a_sum_and_a_count()
    {
        var time = _meter.CreateHistogram<double>("t.time", "s", "How long");
        time.Record(0.25);
        time.Record(0.75);
        time.Record(5);

        Lines()[2..].ShouldBe(
        [
            "t_time_seconds_bucket{le=\"0.5\"} 1", "t_time_seconds_bucket{le=\"1\"} 2", "t_time_seconds_bucket{le=\"+Inf\"} 3", "t_time_seconds_sum 6",
            "t_time_seconds_count 3",
        ]);
    }

    [Test]
    public void OpenMetrics_shows_the_trace_of_a_value_and_ends()
    {
        using var traced = new Activity("t").SetIdFormat(ActivityIdFormat.W3C);
        traced.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        traced.Start();
        _meter.CreateHistogram<double>("t.time", "s", "How long").Record(0.75);
        traced.Stop();

        var lines = Lines(openMetrics: true);
        lines.ShouldContain(line => line.StartsWith($"t_time_seconds_bucket{{le=\"1.0\"}} 1 # {{trace_id=\"{traced.TraceId}\",span_id=\"{traced.SpanId}\"}} 0.75 "));
        lines[^1].ShouldBe("# EOF");
    }

    [Test]
    public void Two_meters_of_one_name_are_one_family()
    {
        _meter.CreateCounter<long>("t.things", null, "Things").Add(1, new KeyValuePair<string, object?>("of", "one"));
        using var other = new Meter(_meter.Name, "2");
        other.CreateCounter<long>("t.things", null, "Things").Add(2, new KeyValuePair<string, object?>("of", "other"));

        Lines().ShouldBe(["# HELP t_things_total Things", "# TYPE t_things_total counter", "t_things_total{of=\"one\"} 1", "t_things_total{of=\"other\"} 2"]);
    }

    public void Dispose()
    {
        _provider.Dispose();
        _meter.Dispose();
    }

    /// <summary>Without what the process is.</summary>
    private string[] Lines(bool openMetrics = false) =>
        [.. Encoding.UTF8.GetString(_exporter.Scrape(openMetrics)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains("target"))];
}
