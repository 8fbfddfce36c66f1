using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Workers.Engine.Identity;

namespace Workers.Pages.Inward;

/// <summary>
/// The program's own HTTP API, asked from within: each request passes the same door as one from outside, with the same credential, roles, limits and audit. So nothing can be
/// done here that cannot be done there.
/// </summary>
internal sealed class Pipeline
{
    private RequestDelegate? _rest;

    /// <summary>Told once, when the program is composed.</summary>
    public RequestDelegate Through(RequestDelegate rest) => _rest = rest;

    /// <summary>Sends a request in the name of whoever sent the outer one.</summary>
    /// <param name="outer">From it come address, host, agent and, where no other is given, the credential.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<Answer> SendAsync(HttpContext outer, InwardRequest request, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        var http = Inner(outer, request, new HttpResponseFeature(), new StreamResponseBodyFeature(body), cancellation);
        await _rest!(http);
        await http.Response.BodyWriter.FlushAsync(cancellation);
        return new Answer(http.Response.StatusCode, http.Response.ContentType ?? "", body.ToArray(), http.Response.Headers.Location.ToString());
    }

    /// <summary>The same; its answer is that of the outer request.</summary>
    public Task PassAsync(HttpContext outer, InwardRequest request) =>
        _rest!(Inner(outer, request, outer.Features.GetRequiredFeature<IHttpResponseFeature>(), outer.Features.GetRequiredFeature<IHttpResponseBodyFeature>(), outer.RequestAborted));

    private static DefaultHttpContext Inner(HttpContext outer, InwardRequest request, IHttpResponseFeature response, IHttpResponseBodyFeature body, CancellationToken cancellation)
    {
        var features = new FeatureCollection();
        features.Set(Inner(outer, request));
        features.Set(response);
        features.Set(body);
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature
        {
            RemoteIpAddress = outer.Connection.RemoteIpAddress,
            LocalIpAddress = outer.Connection.LocalIpAddress,
            ConnectionId = outer.Connection.Id,
        });
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature { RequestAborted = cancellation });
        features.Set(new FromConsole());
        return new DefaultHttpContext(features) { RequestServices = outer.RequestServices };
    }

    private static IHttpRequestFeature Inner(HttpContext outer, InwardRequest request)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        headers.Host = outer.Request.Host.Value;
        headers.Accept = "application/json";
        headers.UserAgent = outer.Request.Headers.UserAgent;
        headers.TraceParent = outer.Request.Headers.TraceParent;
        foreach (var name in PassedOn.Headers)
        {
            // Who came through a proxy is not of this machine in here either.
            headers[name] = outer.Request.Headers[name];
        }

        if (request.Credential is { } credential)
        {
            headers.Authorization = "Bearer " + credential;
        }
        else
        {
            headers.Authorization = outer.Request.Headers.Authorization;
            headers["X-Api-Key"] = outer.Request.Headers["X-Api-Key"];
        }

        if (request.Key is { } key)
        {
            headers["Idempotency-Key"] = key;
        }

        var question = request.Path.IndexOf('?', StringComparison.Ordinal);
        var feature = new HttpRequestFeature
        {
            Method = request.Method,
            Protocol = "HTTP/1.1",
            Scheme = outer.Request.Scheme,
            Path = Uri.UnescapeDataString(question < 0 ? request.Path : request.Path[..question]),
            QueryString = question < 0 ? "" : request.Path[question..],
            Headers = headers,
        };
        if (request.Body is { } body)
        {
            headers.ContentType = "application/json";
            headers.ContentLength = body.Length;
            feature.Body = new MemoryStream(body, writable: false);
        }

        return feature;
    }
}

/// <summary>What is asked.</summary>
/// <param name="Path">With its query, escaped.</param>
/// <param name="Body">JSON; null for none.</param>
/// <param name="Credential">An API key or a token; null for the outer request's own.</param>
internal sealed record InwardRequest(string Method, string Path, byte[]? Body, string? Credential)
{
    /// <summary>A repeat with the same key is not executed again; null for none.</summary>
    public string? Key { get; init; }
}
