using StackExchange.Redis;

namespace Workers.Redis;

/// <summary>Where Redis is: <c>redis://:password@host:6379/0</c> (<c>rediss:</c> with TLS), or as StackExchange.Redis writes it, <c>host:6379,password=…</c>.</summary>
public static class RedisAddress
{
    private const int ConnectMs = 2_000;
    private const int RoleSeconds = 5;

    /// <summary>Why the text is no address, without the text, which has a password in it; null where it is one.</summary>
    public static string? Wrong(string text)
    {
        try
        {
            if (text.Contains("://", StringComparison.Ordinal) && Unknown(new Uri(text)) is { } unknown)
            {
                return unknown;
            }

            return string.IsNullOrWhiteSpace(text) || Parse(text).EndPoints.Count == 0 ? "names no server" : null;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or OverflowException)
        {
            return "is no address such as redis://:password@host:6379/0 or host:6379,password=…";
        }
    }

    internal static ConfigurationOptions Parse(string text)
    {
        var options = text.Contains("://", StringComparison.Ordinal) ? OfUrl(new Uri(text)) : ConfigurationOptions.Parse(text);
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = Math.Min(options.ConnectTimeout, ConnectMs);
        options.ReconnectRetryPolicy = new LinearRetry(ConnectMs / 4);
        options.ClientName ??= "workers";

        // How soon the client learns that a master has become a replica, or a replica the master.
        options.ConfigCheckSeconds = Math.Min(options.ConfigCheckSeconds, RoleSeconds);
        return options;
    }

    private static ConfigurationOptions OfUrl(Uri url)
    {
        if (url.Scheme is not ("redis" or "rediss") || url.Host.Length == 0)
        {
            throw new FormatException();
        }

        var user = url.UserInfo.Split(':', 2);
        var path = url.AbsolutePath.Trim('/');
        return new ConfigurationOptions
        {
            EndPoints = { { url.DnsSafeHost, url.Port > 0 ? url.Port : 6379 } },
            Password = Uri.UnescapeDataString(user[^1]) is { Length: > 0 } password ? password : null,
            DefaultDatabase = path.Length == 0 ? 0 : int.Parse(path, System.Globalization.CultureInfo.InvariantCulture),
            Ssl = url.Scheme == "rediss",
            SslHost = url.Scheme == "rediss" ? url.DnsSafeHost : null,
        };
    }

    // What would be left out: this client knows passwords only, which are the default user's.
    private static string? Unknown(Uri url) =>
        url.UserInfo.Split(':', 2) is [not ("" or "default"), ..] or ["default"]
            ? "names a user, and this client knows only a password: give the default user one, and write redis://:password@host:6379/0"
            : url.Query.Length > 0 ? "has a query, of which nothing would be used: it ends with the number of the database, as redis://:password@host:6379/0" : null;
}
