using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Workers.Engine.Identity;
using Workers.Engine.Options;

namespace Workers.Api.Callers;

/// <summary>Proxies before this server: those that are named say where a caller is, and by what name and path it came.</summary>
internal static class Proxies
{
    private const string Forwarded = "X-Forwarded-For";

    private static readonly string[] s_untaken = ["Via", "X-Real-IP", "X-Forwarded-Server"];

    /// <summary>Before all else that looks at the caller's address.</summary>
    public static void UseProxies(this IApplicationBuilder app)
    {
        var networks = app.ApplicationServices.GetRequiredService<ApiOptions>().TrustedProxies.Select(ApiOptions.NetworkOf).OfType<System.Net.IPNetwork>().ToList();
        if (networks.Count == 0)
        {
            return;
        }

        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All, ForwardLimit = null };
        app.Use((http, next) =>
        {
            // What a trusted one adds beside what is taken from it says nothing of the caller. Where nothing is taken, the caller is not known, and these tell that there is one.
            if (http.Request.Headers.ContainsKey(Forwarded) && http.Connection.RemoteIpAddress is { } proxy && networks.Any(network => network.Contains(proxy.IsIPv4MappedToIPv6 ? proxy.MapToIPv4() : proxy)))
            {
                Array.ForEach(s_untaken, name => http.Request.Headers.Remove(name));
            }

            return next(http);
        });
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        networks.ForEach(forwarded.KnownIPNetworks.Add);
        app.UseForwardedHeaders(forwarded);
    }

    /// <summary>Somebody has passed the request on who is not trusted: the address is that one's, not the caller's.</summary>
    public static bool IsPassedOn(HttpRequest request) => PassedOn.Headers.Any(request.Headers.ContainsKey);
}
