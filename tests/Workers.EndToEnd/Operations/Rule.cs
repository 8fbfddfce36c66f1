using YamlDotNet.Serialization;

namespace Workers.EndToEnd.Operations;

/// <summary>A rule of <c>ops/prometheus/rules</c>.</summary>
/// <param name="Name">What it records, or the alert.</param>
/// <param name="Source">The file where it stands.</param>
internal sealed record Rule(string Name, bool IsAlert, string Expr, string Source, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations)
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        .. Checkout.Files("ops/prometheus/rules", "*.yml").SelectMany(file => Read(file).Groups.SelectMany(group => group.Rules).Select(
            rule => new Rule(rule.Alert ?? rule.Record!, rule.Alert is not null, rule.Expr, Path.GetFileName(file), rule.Labels, rule.Annotations))),
    ];

    public static IEnumerable<Rule> Alerts => All.Where(rule => rule.IsAlert);

    private static RuleFile Read(string file) => new DeserializerBuilder().IgnoreUnmatchedProperties().Build().Deserialize<RuleFile>(File.ReadAllText(file));

    private sealed class RuleFile
    {
        [YamlMember(Alias = "groups")]
        public List<RuleGroup> Groups { get; set; } = [];
    }

    private sealed class RuleGroup
    {
        [YamlMember(Alias = "rules")]
        public List<RuleText> Rules { get; set; } = [];
    }

    private sealed class RuleText
    {
        [YamlMember(Alias = "alert")]
        public string? Alert { get; set; }

        [YamlMember(Alias = "record")]
        public string? Record { get; set; }

        [YamlMember(Alias = "expr")]
        public string Expr { get; set; } = "";

        [YamlMember(Alias = "labels")]
        public Dictionary<string, string> Labels { get; set; } = [];

        [YamlMember(Alias = "annotations")]
        public Dictionary<string, string> Annotations { get; set; } = [];
    }
}
