namespace Workers.Host.Configuration;

/// <summary>The configuration as it is in force.</summary>
/// <param name="Options">Everything under <c>Workers:</c>.</param>
/// <param name="Urls">Where HTTP is served, separated by <c>;</c>.</param>
/// <param name="Given">What was given, by key (<c>Urls</c> and <c>Workers:…</c>); other keys have their default.</param>
/// <param name="Warnings">Sentences for the log at start.</param>
internal sealed record Settings(
    WorkersOptions Options, string Urls, IReadOnlyDictionary<string, Setting> Given, IReadOnlyList<string> Warnings)
{
    /// <summary>Each key with its value in force, secrets masked, and where it came from.</summary>
    public IEnumerable<(string Key, string Value, string Source)> Rows()
    {
        yield return (ConfigurationReader.UrlsKey, Urls, SourceOf(ConfigurationReader.UrlsKey));
        foreach (var key in OptionKey.Of(Options, ConfigurationReader.Root))
        {
            yield return (key.Name, key.IsSecret && key.Text.Length > 0 ? "***" : key.Text, SourceOf(key.Name));
        }
    }

    /// <summary>Makes each section, and the whole, available to constructors.</summary>
    public void AddTo(IServiceCollection services)
    {
        services.AddSingleton(this).AddSingleton(Options).AddSingleton(Options.Gateways);
        foreach (var section in typeof(WorkersOptions).GetProperties().Where(p => p.PropertyType.IsClass && p.PropertyType != typeof(string)))
        {
            services.AddSingleton(section.PropertyType, section.GetValue(Options)!);
        }
    }

    private string SourceOf(string key) => Given.TryGetValue(key, out var setting) ? setting.Source : "default";
}
