using System.CommandLine;
using Workers.Host.Configuration;

namespace Workers.Host.CommandLine;

/// <summary>Options that every verb takes, and the configuration that comes of them.</summary>
internal static class CommonOptions
{
    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Directory of the embedded files (default ./data)",
        HelpName = "DIR",
        Recursive = true,
    };

    private static readonly Option<string?> Roles = new("--roles")
    {
        Description = "What this process does, with commas: all (default), api, commands, …",
        HelpName = "ROLES",
        Recursive = true,
    };

    private static readonly Option<string?> Urls = new("--urls")
    {
        Description = "Addresses to serve, or to ask, with semicolons (default port 8080 of this machine)",
        HelpName = "URLS",
        Recursive = true,
    };

    private static readonly Option<bool> Demo = new("--demo")
    {
        Description = "Fill the program with traffic to look at, failures among it (embedded only)",
        Recursive = true,
    };

    public static IEnumerable<Option> All => [Data, Roles, Urls, Demo];

    public static Option<bool> Json() => new("--json") { Description = "Print JSON" };

    /// <summary>Reads the configuration; what is odd about it is told on the error stream.</summary>
    /// <exception cref="ConfigurationException">It cannot be used.</exception>
    public static Settings Settings(ParseResult result, Terminal terminal)
    {
        var given = new Dictionary<string, Setting>(StringComparer.OrdinalIgnoreCase);
        Add(Data, "Workers:Data");
        Add(Roles, "Workers:Roles");
        Add(Urls, ConfigurationReader.UrlsKey);
        if (result.GetValue(Demo))
        {
            given.Add("Workers:Demo", new Setting("true", Demo.Name));
        }

        var settings = ConfigurationReader.Read(given, ConfigurationReader.ProcessEnvironment());
        foreach (var warning in settings.Warnings)
        {
            terminal.Warn(warning);
        }

        return settings;

        void Add(Option<string?> option, string key)
        {
            if (result.GetValue(option) is { } value)
            {
                given.Add(key, new Setting(value, option.Name));
            }
        }
    }
}
