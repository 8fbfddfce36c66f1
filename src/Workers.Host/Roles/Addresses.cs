using System.Net;
using Workers.Host.Configuration;

namespace Workers.Host.Roles;

/// <summary>Where is served: on this machine alone, as long as nobody has made an API key.</summary>
internal static class Addresses
{
    /// <exception cref="ConfigurationException">One of them is none.</exception>
    public static string[] Of(Settings settings)
    {
        var urls = Split(settings);
        var errors = urls.Select(Wrong).OfType<string>().Select(what => $"{SourceOf(settings)} {what}").ToList();
        return urls.Length == 0 ? throw new ConfigurationException($"{SourceOf(settings)} names no address")
            : errors.Count > 0 ? throw new ConfigurationException(errors)
            : urls;
    }

    /// <summary>Looks before anything is served.</summary>
    /// <exception cref="ConfigurationException">An address is reached from other machines, and whoever calls from there could not be told from anybody.</exception>
    public static void Guard(Settings settings, Func<bool> hasKeys)
    {
        var open = Split(settings).Where(url => !IsLocal(BindingAddress.Parse(url))).ToList();
        if (open.Count > 0 && settings.Options.Api.Anonymous.Count == 0 && !settings.Options.Api.Jwt.IsOn && !hasKeys())
        {
            throw new ConfigurationException(open.ConvertAll(url =>
                $"{SourceOf(settings)} has {url}, which other machines may reach; while there are no API keys only 127.0.0.1, [::1] and localhost are served "
                + "(make one: Workers.Host keys create --name admin --roles admin; or, for development, Workers:Api:Anonymous=admin)"));
        }
    }

    private static string[] Split(Settings settings) => settings.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string SourceOf(Settings settings) => settings.Given.TryGetValue(ConfigurationReader.UrlsKey, out var given) ? given.Source : ConfigurationReader.UrlsKey;

    private static string? Wrong(string url)
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

        return address.Scheme == Uri.UriSchemeHttp ? null : $"has {url}, but only http is served; put a proxy in front for anything else";
    }

    public static bool IsLocal(BindingAddress address) =>
        address.IsUnixPipe || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip));
}
