using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Workers.Api.Http;

/// <summary>Where a request belongs: its trace, and the program that sent it.</summary>
internal static class Traces
{
    private const int MaxUserAgent = 200;

    // 00-{32 hex}-{16 hex}-{2 hex}
    private const int ParentLength = 55;

    /// <summary>The request's own span, else the caller's <c>traceparent</c>; null where there is neither.</summary>
    public static string? Parent(HttpContext http)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } span)
        {
            return span.Id;
        }

        var header = http.Request.Headers.TraceParent.ToString();
        return header.Length == ParentLength && ActivityContext.TryParse(header, null, out _) ? header : null;
    }

    public static string? IdOf(string? traceParent) => traceParent is { Length: >= ParentLength } ? traceParent[3..35] : null;

    /// <summary>Names the request's span and says what became of it, as the conventions for HTTP servers have it. What only looks whether we live is not shown.</summary>
    public static void Describe(HttpContext http, string? route)
    {
        if (http.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } span)
        {
            return;
        }

        if (IsProbe(route))
        {
            span.IsAllDataRequested = false;
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        var (request, status) = (http.Request, http.Response.StatusCode);
        span.DisplayName = route is null ? request.Method : $"{request.Method} {route}";
        span.SetTag("http.request.method", request.Method).SetTag("http.route", route).SetTag("http.response.status_code", status)
            .SetTag("url.path", request.Path.Value).SetTag("url.scheme", request.Scheme);
        if (status >= 500)
        {
            span.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture)).SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>Who asks only wants to know whether we live, and how busily.</summary>
    public static bool IsProbe(string? route) => route is not null && (route.StartsWith("/health", StringComparison.Ordinal) || route == "/metrics");

    public static string? UserAgent(HttpRequest request) => request.Headers.UserAgent.ToString() switch
    {
        "" => null,
        { Length: > MaxUserAgent } agent => agent[..MaxUserAgent],
        var agent => agent,
    };
}
