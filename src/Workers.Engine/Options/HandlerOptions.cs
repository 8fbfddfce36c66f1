namespace Workers.Engine.Options;

/// <summary><c>Workers:Handlers</c>: handlers outside, which people register.</summary>
public sealed class HandlerOptions
{
    /// <summary>
    /// Hosts that may be called: <c>host</c>, <c>host:port</c> or <c>*.domain</c>. Whoever is named may be anywhere, on this machine too; whom only a
    /// <c>*.domain</c> covers is called at public addresses alone. Default none: no handler can be registered.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; set; } = [];

    /// <summary>Why a handler may not be there; null where it may.</summary>
    public string? Refuse(string? url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps) || uri.UserInfo.Length > 0)
        {
            return "url must be an http or https address without a user";
        }

        return AllowedHosts.Any(allowed => Matches(allowed, uri)) ? null
            : $"url must be at a host of Workers:Handlers:AllowedHosts ({(AllowedHosts.Count == 0 ? "none is allowed" : string.Join(", ", AllowedHosts))})";
    }

    /// <summary>Whether the host is named itself, not only covered by a <c>*.domain</c>.</summary>
    public bool Names(Uri uri) => AllowedHosts.Any(allowed => IsNamed(allowed, uri));

    private static bool Matches(string allowed, Uri uri) =>
        IsNamed(allowed, uri) || (allowed.StartsWith("*.", StringComparison.Ordinal) && uri.Host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase));

    private static bool IsNamed(string allowed, Uri uri) =>
        allowed.Equals(uri.Host, StringComparison.OrdinalIgnoreCase) || allowed.Equals($"{uri.Host}:{uri.Port}", StringComparison.OrdinalIgnoreCase);
}
