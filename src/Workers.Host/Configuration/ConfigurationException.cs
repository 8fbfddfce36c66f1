namespace Workers.Host.Configuration;

/// <summary>The configuration cannot be used; each error is a sentence that names the key and where its value came from. Ends with exit code 2.</summary>
internal sealed class ConfigurationException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    public ConfigurationException(string error)
        : this([error])
    {
    }

    public IReadOnlyList<string> Errors { get; } = errors;
}
