using System.Net;
using Workers.Api.Http;

namespace Workers.Api.Callers;

/// <summary>
/// While callers without a key are let in, a page of another site that leads a name of its own here (DNS rebinding) would be one: a browser that shows it calls this
/// server by that name.
/// </summary>
internal static class HostNames
{
    /// <summary>Why a caller without a key is not served under this name; null where it is.</summary>
    public static Problem? Refuse(string host, IReadOnlyList<string> hosts) =>
        LocalOnly.IsLocal(host) || IPAddress.TryParse(host, out _) || (hosts.Count == 0 ? !host.Contains('.', StringComparison.Ordinal) : hosts.Contains(host, StringComparer.OrdinalIgnoreCase))
            ? null
            : CrossSite.Forbidden($"Callers without an API key are not served under the name {host}: Workers:Api:Hosts must name it, or call this server by its address");
}
