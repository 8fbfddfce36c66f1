using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Engine.Limits;
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

    /// <summary>
    /// From which bucket the request takes: its key's, or without one its address's; null where it is not limited, as callers are not who are let in without
    /// a key (<see cref="RateLimitOptions.Anonymous"/>).
    /// </summary>
    public static Bucket? BucketOf(HttpContext http, ApiOptions options) => !options.RateLimit.Anonymous ? null
        : new Bucket("address:" + AddressOf(http.Connection.RemoteIpAddress), "address", new RateLimit(options.RateLimit.AddressRate, options.RateLimit.AddressBurst));

    // One caller has a whole /64 of IPv6 for itself.
    private static string AddressOf(IPAddress? address)
    {
        if (address is null || address.IsIPv4MappedToIPv6 || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address is null ? "local" : address.MapToIPv4().ToString();
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes) + "/64";
    }

    /// <summary>Why a page's WebSocket is not served: browsers let every page connect anywhere. Pages of this server, and of others on this machine, may.</summary>
    public static Problem? RefuseSocket(HttpContext http) =>
        http.Request.Headers.Origin.ToString() is { Length: > 0 } origin && !IsSame(origin, http.Request.Host)
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsLocal(uri.Host))
            ? Forbidden("Pages of other sites may not listen")
            : null;

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
