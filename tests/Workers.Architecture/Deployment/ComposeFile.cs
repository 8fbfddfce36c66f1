using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace Workers.Architecture.Deployment;

/// <summary>The Compose file as Compose sees it: anchors merged, <c>${NAME:-default}</c> replaced by the default.</summary>
internal static partial class ComposeFile
{
    public static IReadOnlyDictionary<string, object?> Root { get; } = Yaml("docker-compose.yml");

    public static IEnumerable<KeyValuePair<string, Dictionary<object, object?>>> Services =>
        Map(Root["services"]).Select(s => KeyValuePair.Create((string)s.Key, Map(s.Value)));

    /// <summary>Those that run the program.</summary>
    public static IEnumerable<KeyValuePair<string, Dictionary<object, object?>>> Workers => Services.Where(s => s.Value.ContainsKey("build"));

    public static Dictionary<object, object?> Map(object? node) => (Dictionary<object, object?>)node!;

    public static IReadOnlyList<string> Strings(object? node) => [.. ((List<object>)node!).Cast<string>()];

    public static IReadOnlyDictionary<string, string> Environment(Dictionary<object, object?> service) =>
        Map(service["environment"]).ToDictionary(v => (string)v.Key, v => Variable().Replace((string)v.Value!, "${default}"), StringComparer.Ordinal);

    /// <summary>A file of the repository.</summary>
    public static Dictionary<string, object?> Yaml(string path)
    {
        using var text = new StreamReader(Path.Combine(Repository.Root, path));
        var parser = new MergingParser(new Parser(text));
        parser.Consume<StreamStart>();
        return new DeserializerBuilder().Build().Deserialize<Dictionary<string, object?>>(parser);
    }

    [GeneratedRegex(@"\$\{\w+:-(?<default>[^}]*)\}")]
    private static partial Regex Variable();
}
