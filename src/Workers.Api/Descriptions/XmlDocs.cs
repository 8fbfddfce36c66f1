using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Workers.Api.Descriptions;

/// <summary>The comments of types and their members, from the documentation files that lie beside the program.</summary>
internal sealed partial class XmlDocs
{
    private readonly ConcurrentDictionary<Assembly, Dictionary<string, string>> _files = new();

    /// <summary>Null where there is none.</summary>
    public string? Of(Type type) => Find(type, "T:" + NameOf(type));

    /// <summary>Null where there is none.</summary>
    public string? Of(PropertyInfo property) => Find(property.DeclaringType!, $"P:{NameOf(property.DeclaringType!)}.{property.Name}");

    private static string NameOf(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private string? Find(Type type, string member) => _files.GetOrAdd(type.Assembly, Read).GetValueOrDefault(member);

    private static Dictionary<string, string> Read(Assembly assembly)
    {
        var path = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
        return !File.Exists(path) ? [] : XDocument.Load(path).Descendants("member")
            .Where(member => member.Element("summary") is not null)
            .ToDictionary(member => member.Attribute("name")!.Value, member => TextOf(member.Element("summary")!));
    }

    private static string TextOf(XElement summary) => Blanks().Replace(string.Concat(summary.Nodes().Select(TextOf)), " ").Trim();

    private static string TextOf(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement see when see.Attribute("cref") is { Value: var cref } => NameOf(cref),
        XElement see when see.Attribute("name") is { Value: var name } => name,
        XElement other => other.Value,
        _ => "",
    };

    // A member's name as callers know it.
    private static string NameOf(string cref)
    {
        var name = cref.Split('(')[0][(cref.Split('(')[0].LastIndexOf('.') + 1)..].Split('`')[0];
        return cref.StartsWith("P:", StringComparison.Ordinal) ? $"`{JsonNamingPolicy.SnakeCaseLower.ConvertName(name)}`" : name;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
