using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Workers.Engine.Options;
using Workers.Engine.Telemetry;
using Workers.Telemetry.Prometheus;

namespace Workers.Telemetry;

/// <summary>Metrics to Prometheus, and metrics, traces and logs over OTLP where an endpoint is named.</summary>
public static class TelemetryModule
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string TextFormat = "text/plain; version=0.0.4; charset=utf-8";
    private const string OpenMetrics = "application/openmetrics-text";

    private static readonly double[] s_seconds = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];
    private static readonly double[] s_counts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000];

    private static readonly string[] s_meters =
    [
        EngineMeter.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "MassTransit",
    ];

    private static readonly string[] s_sources = [EngineMeter.Name, "Microsoft.AspNetCore", "System.Net.Http", "MassTransit"];

    /// <summary>Needs an <see cref="EngineMeter"/> in the container.</summary>
    /// <param name="services">The program's container.</param>
    /// <param name="logging">Sends lines over OTLP too where an endpoint is named.</param>
    /// <param name="options">What is counted, and how much is traced.</param>
    /// <param name="service">What the program is called, unless <c>OTEL_SERVICE_NAME</c> says otherwise.</param>
    /// <param name="version">Of the program.</param>
    public static IServiceCollection AddTelemetry(
        this IServiceCollection services, ILoggingBuilder logging, TelemetryOptions options, ServiceOptions service, string version)
    {
        var resource = ResourceBuilder.CreateDefault()
            .AddService(service.Name, serviceVersion: version, serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}")
            .AddEnvironmentVariableDetector();
        services.AddSingleton<ScrapeExporter>().AddSingleton(provider => new Providers(
            options.Metrics ? Metrics(options, resource, provider.GetRequiredService<ScrapeExporter>()) : null,
            Sends ? Traces(options, resource) : null));
        if (Sends)
        {
            logging.AddOpenTelemetry(logs => logs.SetResourceBuilder(resource).AddOtlpExporter());
        }

        return services;
    }

    /// <summary>Serves <c>/metrics</c>; from now on everything is counted.</summary>
    public static WebApplication MapMetrics(this WebApplication app)
    {
        var providers = app.Services.GetRequiredService<Providers>();
        if (providers.Metrics is not null)
        {
            var exporter = app.Services.GetRequiredService<ScrapeExporter>();
            app.MapMethods("/metrics", [HttpMethods.Get], http => ScrapeAsync(http, exporter));
        }

        return app;
    }

    private static bool Sends => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Endpoint));

    private static MeterProvider Metrics(TelemetryOptions options, ResourceBuilder resource, ScrapeExporter exporter)
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(s_meters)
            .AddView(ViewOf)
            .AddReader(new BaseExportingMetricReader(exporter));
        if (options.Exemplars)
        {
            builder.SetExemplarFilter(ExemplarFilterType.TraceBased);
        }

        return (Sends ? builder.AddOtlpExporter() : builder).Build();
    }

    private static MetricStreamConfiguration? ViewOf(Instrument instrument)
    {
        var isHistogram = instrument is Histogram<double> or Histogram<long>;
        return isHistogram && instrument.Unit == "s" ? new ExplicitBucketHistogramConfiguration { Boundaries = s_seconds }
            : instrument.Name == "workers.batch.size" ? new ExplicitBucketHistogramConfiguration { Boundaries = s_counts }
            : null;
    }

    private static TracerProvider Traces(TelemetryOptions options, ResourceBuilder resource) => Sdk.CreateTracerProviderBuilder()
        .SetResourceBuilder(resource)
        .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler((double)options.SampleRatio)))
        .AddSource(s_sources)
        .AddOtlpExporter()
        .Build();

    private static async Task ScrapeAsync(HttpContext http, ScrapeExporter exporter)
    {
        var openMetrics = http.Request.Headers.Accept.ToString().Contains(OpenMetrics, StringComparison.OrdinalIgnoreCase);
        var text = exporter.Scrape(openMetrics);
        http.Response.ContentType = openMetrics ? OpenMetrics + "; version=1.0.0; charset=utf-8" : TextFormat;
        http.Response.ContentLength = text.Length;
        await http.Response.Body.WriteAsync(text, http.RequestAborted);
    }

    /// <summary>What is left is sent when the container ends.</summary>
    private sealed class Providers(MeterProvider? metrics, TracerProvider? traces) : IDisposable
    {
        private const int FlushMs = 3_000;

        public MeterProvider? Metrics => metrics;

        public void Dispose()
        {
            if (Sends)
            {
                metrics?.ForceFlush(FlushMs);
                traces?.ForceFlush(FlushMs);
            }

            metrics?.Dispose();
            traces?.Dispose();
        }
    }
}
