using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Engine.Health;
using Workers.Engine.Options;

namespace Workers.Api.Reads;

/// <summary>How the program is: alive, started, ready, and each part of it.</summary>
internal sealed class HealthReads(IEnumerable<IHealth> checks, ServiceOptions service)
{
    private static readonly string Version =
        (Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+')[0];

    private readonly IHealth[] _checks = [.. checks];
    private volatile bool _started;

    /// <summary>Document 003's body: 200 healthy or degraded, 503 unhealthy.</summary>
    public async Task AllAsync(HttpContext http) => await SendAsync(http, await AskAsync(http), withChecks: false);

    /// <summary>The process answers.</summary>
    public Task LiveAsync(HttpContext http) => SendAsync(http, [], withChecks: false);

    /// <summary>Requests can be taken: pumps have their partitions, log and store answer.</summary>
    public async Task ReadyAsync(HttpContext http) => await SendAsync(http, await AskAsync(http), withChecks: true);

    /// <summary>The same for document 001, with its name.</summary>
    public async Task ComponentsAsync(HttpContext http, string name, bool withComponents) =>
        await SendAsync(http, await AskAsync(http), withComponents, name, "components");

    /// <summary>It was ready once.</summary>
    public async Task StartedAsync(HttpContext http)
    {
        var found = _started ? [] : await AskAsync(http);
        _started |= Worst(found) != HealthStatus.Unhealthy;
        await SendAsync(http, found, withChecks: true);
    }

    // All at once: where several are silent, the answer is not to wait for one after the other.
    private async Task<IReadOnlyList<Checked>> AskAsync(HttpContext http) => await Task.WhenAll(_checks.Select(async check =>
    {
        var since = Stopwatch.GetTimestamp();
        var report = await ReportAsync(check, http.RequestAborted);
        return new Checked(check, report, Stopwatch.GetElapsedTime(since));
    }));

    private static async ValueTask<HealthReport> ReportAsync(IHealth check, CancellationToken cancellation)
    {
        try
        {
            return await check.CheckAsync(cancellation);
        }
#pragma warning disable CA1031 // A check that throws is what it looks for: the part is not well.
        catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return new HealthReport(HealthStatus.Unhealthy, error.Message);
        }
    }

    // What is not required only degrades.
    private static HealthStatus Worst(IReadOnlyList<Checked> found) => found.Count == 0 ? HealthStatus.Healthy : found.Max(one =>
        one.Report.Status == HealthStatus.Unhealthy && !one.Check.IsRequired ? HealthStatus.Degraded : one.Report.Status);

    private Task SendAsync(HttpContext http, IReadOnlyList<Checked> found, bool withChecks, string? name = null, string checks = "checks")
    {
        var status = Worst(found);
        using var json = JsonAnswer.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteString("status"u8, Name(status));
        writer.WriteString("service"u8, name ?? service.Name);
        writer.WriteString("version"u8, Version);
        if (withChecks)
        {
            writer.WriteStartObject(checks);
            foreach (var (check, report, time) in found)
            {
                writer.WriteStartObject(check.Name);
                writer.WriteString("status"u8, Name(report.Status));
                writer.WriteNumber("latency_ms"u8, Math.Round((decimal)time.TotalMilliseconds, 2));
                writer.WriteText("detail", report.Detail);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        http.Response.Headers.CacheControl = "no-store";
        return json.SendAsync(http, status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }

    private static string Name(HealthStatus status) => status.ToString().ToLower(CultureInfo.InvariantCulture);

    private sealed record Checked(IHealth Check, HealthReport Report, TimeSpan Time);
}
