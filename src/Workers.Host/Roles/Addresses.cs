using System.Net;
using Workers.Host.Configuration;

namespace Workers.Host.Roles;

/// <summary>Where is served: on this machine alone, as long as there are no API keys.</summary>
internal static class Addresses
{
    /// <exception cref="ConfigurationException">One of them is none, or is reached from other machines.</exception>
    public static string[] Of(Settings settings)
    {
        var source = settings.Given.TryGetValue(ConfigurationReader.UrlsKey, out var given) ? given.Source : ConfigurationReader.UrlsKey;
        var urls = settings.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var errors = urls.Select(url => Wrong(url, settings.Options.Api.Anonymous.Length > 0)).OfType<string>().Select(what => $"{source} {what}").ToList();
        return urls.Length == 0 ? throw new ConfigurationException($"{source} names no address")
            : errors.Count > 0 ? throw new ConfigurationException(errors)
            : urls;
    }

    private static string? Wrong(string url, bool served)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return $"has '{url}', which is no address such as http://127.0.0.1:8080";
        }

        return address.Scheme != Uri.UriSchemeHttp ? $"has {url}, but only http is served; put a proxy in front for anything else"
            : served || IsLocal(address) ? null
            : $"has {url}, which other machines may reach; while there are no API keys only 127.0.0.1, [::1] and localhost are served (or, for development, Workers:Api:Anonymous=admin)";
    }

    private static bool IsLocal(BindingAddress address) =>
        address.IsUnixPipe || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip));
}
