using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Workers.Engine.Identity;
using Workers.Engine.Options;
using Workers.Engine.Telemetry;
using Workers.Telemetry.Prometheus;

namespace Workers.Telemetry;

/// <summary>Metrics to Prometheus, and metrics, traces and logs over OTLP where an endpoint is named.</summary>
public static class TelemetryModule
{
    private const string TextFormat = "text/plain; version=0.0.4; charset=utf-8";
    private const string OpenMetrics = "application/openmetrics-text";

    private static readonly string[] s_sources = [EngineMeter.Name, "Microsoft.AspNetCore", "System.Net.Http", "MassTransit"];

    /// <summary>Needs an <see cref="EngineMeter"/> in the container.</summary>
    /// <param name="services">The program's container.</param>
    /// <param name="options">What is counted, and how much is traced.</param>
    /// <param name="service">What the program is called, unless <c>OTEL_SERVICE_NAME</c> says otherwise.</param>
    /// <param name="version">Of the program.</param>
    /// <param name="attributes">What else is told of it with everything.</param>
    public static IServiceCollection AddTelemetry(
        this IServiceCollection services, TelemetryOptions options, ServiceOptions service, string version,
        IReadOnlyDictionary<string, object> attributes)
    {
        var resource = ResourceBuilder.CreateDefault()
            .AddService(service.Name, serviceVersion: version, serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}")
            .AddAttributes(attributes)
            .AddEnvironmentVariableDetector();
        services.AddSingleton(_ => new Providers(options.Metrics ? Figures.Begin(options, resource) : null, Otlp.OfProcess.SendsTraces ? Traces(options, resource) : null));
        if (Otlp.OfProcess.SendsLogs)
        {
            services.Configure<OpenTelemetryLoggerOptions>(logs =>
            {
                logs.IncludeFormattedMessage = true;
                logs.IncludeScopes = true;
                var batch = Otlp.OfProcess.Sized("OTEL_BLRP", new BatchExportLogRecordProcessorOptions());
                logs.SetResourceBuilder(resource).AddProcessor(new BatchLogRecordExportProcessor(
                    new OtlpLogExporter(Otlp.OfProcess.Of("LOGS", new OtlpExporterOptions())), batch.MaxQueueSize, batch.ScheduledDelayMilliseconds,
                    batch.ExporterTimeoutMilliseconds, batch.MaxExportBatchSize));
            });
            services.AddSingleton<ILoggerProvider>(provider => new SentLines(
                new OpenTelemetryLoggerProvider(provider.GetRequiredService<IOptionsMonitor<OpenTelemetryLoggerOptions>>()), options.AllAccessLines));
        }

        return services;
    }

    /// <summary>From now on everything is counted and shown, until the container ends.</summary>
    public static void StartTelemetry(this IServiceProvider services) => services.GetRequiredService<Providers>();

    /// <summary>Starts, and serves <c>/metrics</c>.</summary>
    public static WebApplication MapMetrics(this WebApplication app)
    {
        if (app.Services.GetRequiredService<Providers>().Metrics is { } shown)
        {
            app.MapMethods("/metrics", [HttpMethods.Get], http => ScrapeAsync(http, shown.Scrape))
                .WithSummary("Metrics for Prometheus").WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), ["text/plain", OpenMetrics]), new Needs(Role.Viewer));
        }

        return app;
    }

    /// <summary>What is wrong with OpenTelemetry's variables of this process, a sentence each.</summary>
    public static IReadOnlyList<string> Faults() => [.. Otlp.OfProcess.Faults()];

    /// <summary>A record's trace is recorded where its flags say so (<see cref="RecordSpans"/>).</summary>
    public static bool FollowsFlags => Otlp.OfProcess.FollowsFlags;

    private static TracerProvider Traces(TelemetryOptions options, ResourceBuilder resource) => Sdk.CreateTracerProviderBuilder()
        .SetResourceBuilder(resource)
        .SetSampler(Otlp.OfProcess.Sampler(options.SampleRatio))
        .AddSource(s_sources)
        .AddOtlpExporter(otlp =>
        {
            _ = Otlp.OfProcess.Of("TRACES", otlp);
            _ = Otlp.OfProcess.Sized("OTEL_BSP", otlp.BatchExportProcessorOptions);
        })
        .Build();

    private static async Task ScrapeAsync(HttpContext http, IScrape shown)
    {
        var openMetrics = http.Request.Headers.Accept.ToString().Contains(OpenMetrics, StringComparison.OrdinalIgnoreCase);
        var text = shown.Scrape(openMetrics);
        http.Response.ContentType = openMetrics ? OpenMetrics + "; version=1.0.0; charset=utf-8" : TextFormat;
        http.Response.ContentLength = text.Length;
        await http.Response.Body.WriteAsync(text, http.RequestAborted);
    }

    /// <summary>What is left is sent when the container ends.</summary>
    private sealed class Providers(Figures? metrics, TracerProvider? traces) : IDisposable
    {
        private const int FlushMs = 3_000;

        public Figures? Metrics => metrics;

        public void Dispose()
        {
            if (Otlp.OfProcess.SendsMetrics)
            {
                metrics?.Meters.ForceFlush(FlushMs);
            }

            traces?.ForceFlush(FlushMs);
            metrics?.Meters.Dispose();
            traces?.Dispose();
        }
    }
}
