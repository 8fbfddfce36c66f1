using System.Net;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Engine.Options;

namespace Workers.Api;

/// <summary>
/// Who may call. While there are no keys that is this machine alone (unless <see cref="ApiOptions.Anonymous"/>), as <c>anonymous</c> and with every role; so a page of another site that a browser here
/// shows must not get in: neither under a name of its own that leads here, nor with a form.
/// </summary>
internal static class Access
{
    public const string Anonymous = "anonymous";

    /// <summary>Under whose name the request's commands run.</summary>
    public static string CallerOf(HttpContext http) => Anonymous;

    /// <summary>Why the request is not served; null where it is.</summary>
    public static Problem? Refuse(HttpContext http, ApiOptions options)
    {
        if (options.Anonymous.Length == 0 && WhyElsewhere(http) is { } why)
        {
            return Forbidden(why);
        }

        return http.Request.Headers.Origin.ToString() is { Length: > 0 } origin && IsWrite(http.Request.Method) && !IsSame(origin, http.Request.Host)
            ? Forbidden("Pages of other sites may not write")
            : null;
    }

    private static string? WhyElsewhere(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address))
        {
            return "Only callers on this machine are served while there are no API keys";
        }

        return IsLocal(http.Request.Host.Host) ? null : "Without API keys this server is called localhost, 127.0.0.1 or [::1]";
    }

    private static bool IsLocal(string host) =>
        host.Length == 0 || host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host == "127.0.0.1"
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static bool IsWrite(string method) => !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);

    private static bool IsSame(string origin, HostString host) => Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority == host.Value;

    private static Problem Forbidden(string why) => new(StatusCodes.Status403Forbidden, "FORBIDDEN", why);
}
