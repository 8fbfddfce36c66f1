using System.Diagnostics;
using Microsoft.AspNetCore.Http;

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

    public static string? UserAgent(HttpRequest request) => request.Headers.UserAgent.ToString() switch
    {
        "" => null,
        { Length: > MaxUserAgent } agent => agent[..MaxUserAgent],
        var agent => agent,
    };
}
