using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;

namespace Workers.Contracts.Commands;

/// <summary>The members of a record, by the names and other names that callers use.</summary>
public sealed class CommandPart
{
    private static readonly ConcurrentDictionary<Type, CommandPart> Known = new();
    private readonly FrozenDictionary<string, CommandField> _byName;

    private CommandPart(Type type)
    {
        Type = type;
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).ToArray();
        IsOpen = properties.Any(property => property.IsDefined(typeof(JsonExtensionDataAttribute)));
        Fields =
        [
            .. properties
                .Where(property => !property.IsDefined(typeof(JsonIgnoreAttribute)) && !property.IsDefined(typeof(JsonExtensionDataAttribute)))
                .Select((property, index) => new CommandField(property, index)),
        ];

        var names = new Dictionary<string, CommandField>(StringComparer.Ordinal);
        foreach (var field in Fields)
        {
            names.Add(field.Name, field);
            foreach (var alias in field.Aliases)
            {
                names.Add(alias, field);
            }
        }

        // Every resource's own id may be sent as plain "id".
        if (Fields.FirstOrDefault(field => field.IsKey && field.Name.EndsWith("_id", StringComparison.Ordinal)) is { } key)
        {
            names.TryAdd("id", key);
        }

        _byName = names.ToFrozenDictionary(StringComparer.Ordinal);
        Known.TryAdd(type, this);
    }

    public Type Type { get; }

    public IReadOnlyList<CommandField> Fields { get; }

    /// <summary>Keeps members it does not know.</summary>
    public bool IsOpen { get; }

    /// <summary>The field of that name or other name; null where there is none.</summary>
    public CommandField? Find(string name) => _byName.GetValueOrDefault(name);

    internal static CommandPart Of(Type type) => Known.TryGetValue(type, out var part) ? part : new CommandPart(type);
}
