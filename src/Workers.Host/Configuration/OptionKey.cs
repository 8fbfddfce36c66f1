using System.Reflection;
using Workers.Engine.Options;

namespace Workers.Host.Configuration;

/// <summary>One key under <c>Workers:</c>: a property of an options object.</summary>
internal sealed class OptionKey(string name, object owner, PropertyInfo property)
{
    /// <summary>As in <c>Workers:Log:Retention</c>.</summary>
    public string Name { get; } = name;

    public PropertyInfo Property => property;

    public object Owner => owner;

    public bool IsSecret => property.IsDefined(typeof(SecretAttribute));

    /// <summary>How the environment spells it.</summary>
    public string EnvironmentName => Name.Replace(":", "__", StringComparison.Ordinal);

    /// <summary>The value as it would be written, with its unit.</summary>
    public string Text => OptionText.Format(property.GetValue(owner), property.Name);

    public void Set(string text) => property.SetValue(owner, OptionText.Parse(text, property.PropertyType));

    /// <summary>All keys of an options object, in the order of its properties.</summary>
    public static IEnumerable<OptionKey> Of(object options, string path)
    {
        foreach (var property in options.GetType().GetProperties())
        {
            var name = property.IsDefined(typeof(SectionValueAttribute)) ? path : $"{path}:{property.Name}";
            if (property.CanWrite && OptionText.CanParse(property.PropertyType))
            {
                yield return new OptionKey(name, options, property);
            }
            else if (property.GetValue(options) is { } value && OptionText.IsOptions(property.PropertyType))
            {
                foreach (var key in Children(value, name))
                {
                    yield return key;
                }
            }
        }
    }

    private static IEnumerable<OptionKey> Children(object value, string path) => value is System.Collections.IDictionary named
        ? named.Keys.Cast<string>().SelectMany(k => Of(named[k]!, $"{path}:{k}"))
        : Of(value, path);
}
