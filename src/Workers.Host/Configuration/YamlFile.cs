using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Workers.Host.Configuration;

/// <summary>A YAML file as dotted keys; a list of values is one value with commas.</summary>
internal static class YamlFile
{
    /// <summary>Empty where there is no file.</summary>
    /// <exception cref="ConfigurationException">It is not YAML.</exception>
    public static IReadOnlyList<(string Key, string Value)> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            using var text = File.OpenText(path);
            var yaml = new YamlStream();
            yaml.Load(text);
            return yaml.Documents.Count == 0 ? [] : [.. Flatten("", yaml.Documents[0].RootNode)];
        }
        catch (YamlException e)
        {
            throw new ConfigurationException($"{path} cannot be read: line {e.Start.Line}, {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path} cannot be read: {e.Message}");
        }
    }

    private static IEnumerable<(string Key, string Value)> Flatten(string path, YamlNode node) => node switch
    {
        YamlMappingNode map => map.Children.SelectMany(c => Flatten(path.Length == 0 ? $"{c.Key}" : $"{path}.{c.Key}", c.Value)),
        YamlSequenceNode list => [(path, string.Join(',', list.Children.Select(c => $"{c}")))],
        _ => path.Length == 0 ? [] : [(path, (node as YamlScalarNode)?.Value ?? "")],
    };
}
