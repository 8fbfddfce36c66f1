using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Workers.Engine.Options;

namespace Workers.Api.Callers;

/// <summary>Proxies before this server: those that are named say where a caller is, and by what name and path it came.</summary>
internal static class Proxies
{
    /// <summary>Before all else that looks at the caller's address.</summary>
    public static void UseProxies(this IApplicationBuilder app)
    {
        var networks = app.ApplicationServices.GetRequiredService<ApiOptions>().TrustedProxies.Select(ApiOptions.NetworkOf).OfType<System.Net.IPNetwork>().ToList();
        if (networks.Count == 0)
        {
            return;
        }

        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All, ForwardLimit = null };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        networks.ForEach(forwarded.KnownIPNetworks.Add);
        app.UseForwardedHeaders(forwarded);
    }

    /// <summary>Somebody has passed the request on who is not trusted: the address is that one's, not the caller's.</summary>
    public static bool IsPassedOn(HttpRequest request) =>
        request.Headers.ContainsKey("X-Forwarded-For") || request.Headers.ContainsKey("Forwarded") || request.Headers.ContainsKey("X-Real-IP");
}
