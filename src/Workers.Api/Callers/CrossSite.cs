using System.Net;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Engine.Options;

namespace Workers.Api.Callers;

/// <summary>
/// While callers on this machine need no key, a page of another site that a browser here shows must not get in under a name of its own that leads here.
/// </summary>
internal static class LocalOnly
{
    /// <summary>Why the request is not served without a key; null where it is.</summary>
    public static Problem? Refuse(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
            ? CrossSite.Forbidden("Only callers on this machine are served while there are no API keys")
            : Proxies.IsPassedOn(http.Request) ? CrossSite.Forbidden("While there are no API keys nobody is served through a proxy that Workers:Api:TrustedProxies does not name")
            : IsLocal(http.Request.Host.Host) ? null : CrossSite.Forbidden("Without API keys this server is called localhost, 127.0.0.1 or [::1]");

    public static bool IsLocal(string host) =>
        host.Length == 0 || host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host == "127.0.0.1"
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}

/// <summary>Pages of other sites, which browsers let send forms and open sockets anywhere; those that are named may. Tests: CorsTests.</summary>
internal static class CrossSite
{
    /// <summary>Why the request is not served; null where it is.</summary>
    public static Problem? Refuse(HttpContext http, CorsOptions cors) =>
        http.Request.Headers.Origin.ToString() is { Length: > 0 } origin && IsWrite(http.Request.Method) && !IsSame(origin, http.Request.Host) && !cors.Allows(origin)
            ? Forbidden("Pages of other sites may not write")
            : null;

    /// <summary>The same of a WebSocket. Pages of this server, and of others on this machine, may.</summary>
    public static Problem? RefuseSocket(HttpContext http, CorsOptions cors) =>
        http.Request.Headers.Origin.ToString() is { Length: > 0 } origin && !IsSame(origin, http.Request.Host) && !cors.Allows(origin)
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && LocalOnly.IsLocal(uri.Host))
            ? Forbidden("Pages of other sites may not listen")
            : null;

    public static Problem Forbidden(string why) => new(StatusCodes.Status403Forbidden, "FORBIDDEN", why);

    private static bool IsWrite(string method) => !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);

    private static bool IsSame(string origin, HostString host) => Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority == host.Value;
}
