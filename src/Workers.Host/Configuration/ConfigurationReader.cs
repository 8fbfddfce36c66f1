using System.Data.Common;
using System.Globalization;

namespace Workers.Host.Configuration;

/// <summary>
/// Puts the configuration together, the first that says something wins: command line, <c>Workers__…</c>, other programs' variables,
/// <c>configs/config.yaml</c>, default.
/// </summary>
internal sealed class ConfigurationReader
{
    public const string Root = "Workers";

    /// <summary>Not under <see cref="Root"/>: it is ASP.NET's own.</summary>
    public const string UrlsKey = "Urls";

    public const string DefaultUrls = "http://127.0.0.1:8080;http://[::1]:8080";

    private readonly Dictionary<string, Setting> _given = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _errors = [];
    private readonly List<string> _warnings = [];

    private ConfigurationReader()
    {
    }

    /// <param name="commandLine">By key: <c>Urls</c>, <c>Workers:Data</c>, <c>Workers:Roles</c>.</param>
    /// <param name="environment">The process's variables.</param>
    /// <param name="yamlPath">Need not exist.</param>
    /// <exception cref="ConfigurationException">Something given cannot be used: all of it is named.</exception>
    public static Settings Read(
        IReadOnlyDictionary<string, Setting> commandLine, IReadOnlyDictionary<string, string> environment, string yamlPath = "configs/config.yaml")
    {
        var reader = new ConfigurationReader();
        foreach (var (key, setting) in commandLine)
        {
            reader._given.Add(key, setting);
        }

        reader.AddEnvironment(environment);
        reader.AddYaml(yamlPath);
        reader.AddChoices();
        var options = OptionsBinder.Bind(reader._given, reader._errors);
        return reader._errors.Count > 0
            ? throw new ConfigurationException(reader._errors)
            : new Settings(options, reader._given.GetValueOrDefault(UrlsKey)?.Value ?? DefaultUrls, reader._given, reader._warnings);
    }

    /// <summary>The process's variables.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? "", StringComparer.Ordinal);

    // Set by .NET's own images.
    public static bool IsContainer(IReadOnlyDictionary<string, string> environment) =>
        environment.GetValueOrDefault("DOTNET_RUNNING_IN_CONTAINER") is "true" or "1";

    private void AddEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        const string prefix = Root + "__";
        foreach (var (name, value) in environment.Where(v => v.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
        {
            _given.TryAdd(name.Replace("__", ":", StringComparison.Ordinal), new Setting(value, name));
        }

        if (environment.TryGetValue("ASPNETCORE_URLS", out var urls) && urls.Length > 0)
        {
            _given.TryAdd(UrlsKey, new Setting(urls, "ASPNETCORE_URLS"));
        }

        if (IsContainer(environment))
        {
            _given.TryAdd("Workers:Logging:File", new Setting("", "container"));
        }

        AddMySql(Aliases.MySql.Select(m => (m.Part, environment.GetValueOrDefault(m.Variable) ?? "", m.Variable)), "DB_HOST");
        AddMySql(Aliases.MySqlUrl(environment.GetValueOrDefault("DATABASE_URL") ?? "").Select(m => (m.Part, m.Value, "DATABASE_URL")), "DATABASE_URL");
        AddRedis(Aliases.Redis.Select(r => (r.Part, environment.GetValueOrDefault(r.Variable) ?? "", r.Variable)), "REDIS_HOST");
        foreach (var alias in Aliases.Environment)
        {
            if (environment.TryGetValue(alias.Name, out var value) && value.Length > 0)
            {
                AddAlias(alias, value, alias.Name);
            }
        }
    }

    private void AddYaml(string path)
    {
        const string mySql = "database.mysql.";
        const string redis = "redis.";
        var aliases = Aliases.Yaml.ToDictionary(a => a.Name, StringComparer.Ordinal);
        var found = YamlFile.Read(path).ToList();
        AddMySql(Aliases.MySql.Select(m => (m.Part, found.Find(f => f.Key == mySql + m.Yaml).Value ?? "", $"{path} {mySql}{m.Yaml}")), $"{path} {mySql}host");
        AddRedis(Aliases.Redis.Select(r => (r.Part, found.Find(f => f.Key == redis + r.Yaml).Value ?? "", $"{path} {redis}{r.Yaml}")), $"{path} {redis}host");
        AddRules(found.Where(f => f.Key.StartsWith(Aliases.YamlRules, StringComparison.Ordinal)), path);
        foreach (var (key, value) in found.Where(
            f => !Aliases.MySql.Any(m => f.Key == mySql + m.Yaml) && !Aliases.Redis.Any(r => f.Key == redis + r.Yaml)
                && !f.Key.StartsWith(Aliases.YamlRules, StringComparison.Ordinal)))
        {
            if (aliases.TryGetValue(key, out var alias))
            {
                AddAlias(alias, value, $"{path} {key}");
            }
            else
            {
                _warnings.Add(Aliases.UnusedYaml.Any(s => key.StartsWith(s, StringComparison.Ordinal))
                    ? $"{path}: {key} is not used by this version"
                    : $"{path}: {key} is unknown");
            }
        }
    }

    // Of a member's rule in parts: all of them are one value.
    private void AddRules(IEnumerable<(string Key, string Value)> parts, string path)
    {
        var named = parts.Select(part => (Names: part.Key[Aliases.YamlRules.Length..].Split('.'), part.Value)).ToList();
        foreach (var wrong in named.Where(part => part.Names.Length != 3))
        {
            _warnings.Add($"{path}: {Aliases.YamlRules}{string.Join('.', wrong.Names)} is unknown");
        }

        foreach (var rule in named.Where(part => part.Names.Length == 3).GroupBy(part => (Entity: part.Names[0], Member: part.Names[1])))
        {
            var text = string.Join("; ", rule.Select(part => $"{part.Names[2]}: {part.Value.Replace(',', '|')}"));
            _given.TryAdd(
                $"Workers:Cqrs:ValidationRules:{rule.Key.Entity}:{rule.Key.Member}", new Setting(text, $"{path} {Aliases.YamlRules}{rule.Key.Entity}.{rule.Key.Member}"));
        }
    }

    // Of a connection in parts: the host makes it one.
    private void AddMySql(IEnumerable<(string Part, string Value, string Source)> parts, string source)
    {
        var given = parts.Where(p => p.Value.Length > 0).ToList();
        if (given.Exists(p => p.Part == "Server"))
        {
            var text = new DbConnectionStringBuilder();
            given.Where(p => p.Part != "Port" || IsPort(p.Value, p.Source)).ToList().ForEach(p => text[p.Part] = p.Value);
            _given.TryAdd("Workers:MySql:ConnectionString", new Setting(text.ConnectionString, source));
        }
    }

    private void AddRedis(IEnumerable<(string Part, string Value, string Source)> parts, string source)
    {
        var given = parts.Where(p => p.Value.Length > 0).DistinctBy(p => p.Part).ToList();
        var hasAddress = given.Exists(p => p.Part == "address");
        if (hasAddress || given.Exists(p => p.Part == "host"))
        {
            var url = Aliases.RedisUrl(given.Where(p => p.Part != "port" || (!hasAddress && IsPort(p.Value, p.Source))).ToDictionary(p => p.Part, p => p.Value));
            _given.TryAdd("Workers:Redis:ConnectionString", new Setting(url, source));
        }
    }

    // Beside a Service called redis, Kubernetes sets REDIS_PORT=tcp://10.0.0.11:6379 in every container; for one called db, DB_PORT.
    private bool IsPort(string value, string source)
    {
        if (ushort.TryParse(value, CultureInfo.InvariantCulture, out _))
        {
            return true;
        }

        _warnings.Add($"{source} is no port but '{value}': the usual one is used");
        return false;
    }

    private void AddChoices()
    {
        foreach (var (connection, choice, value) in Aliases.Chooses)
        {
            if (_given.TryGetValue(connection, out var setting) && setting.Value.Length > 0)
            {
                _given.TryAdd(choice, new Setting(value, setting.Source));
            }
        }
    }

    private void AddAlias(Alias alias, string value, string source)
    {
        if (alias.Key is null)
        {
            _warnings.Add($"{source} is set but not used by this version");
        }
        else if (!_given.ContainsKey(alias.Key))
        {
            try
            {
                _given.Add(alias.Key, new Setting(alias.Convert?.Invoke(value) ?? value, source));
            }
            catch (FormatException e)
            {
                _errors.Add($"{source} {e.Message}");
            }
        }
    }
}
