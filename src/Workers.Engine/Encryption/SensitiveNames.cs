using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Workers.Contracts.Commands;

namespace Workers.Engine.Encryption;

/// <summary>Which members hold values that nobody should read, by their JSON names: of records those marked <see cref="SensitiveAttribute"/>, in open data those on the list.</summary>
public sealed class SensitiveNames(IEnumerable<string> list)
{
    private readonly FrozenSet<string> _hidden = list.ToFrozenSet(StringComparer.Ordinal);
    private readonly byte[][] _list = [.. list.Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes)];
    private readonly ConcurrentDictionary<Type, (byte[][] Hidden, byte[][] Encrypted)> _byType = new();

    /// <summary>Those that are never shown.</summary>
    public byte[][] Hidden(Type? type) => type is null ? _list : Of(type).Hidden;

    /// <summary>Those that are encrypted where they are kept.</summary>
    public byte[][] Encrypted(Type? type) => type is null ? _list : Of(type).Encrypted;

    /// <summary>Whether a member of this name is hidden everywhere.</summary>
    public bool Hides(string name) => _hidden.Contains(name);

    /// <summary>Members that are none of its sensitive ones, by their JSON names: who reads them must find them as they were sent.</summary>
    public static IEnumerable<string> Plain(Type type)
    {
        var found = new Dictionary<string, bool?>(StringComparer.Ordinal);
        Collect(type, found, []);
        return found.Where(one => one.Value is null).Select(one => one.Key);
    }

    private (byte[][] Hidden, byte[][] Encrypted) Of(Type type) => _byType.TryGetValue(type, out var known) ? known : _byType.GetOrAdd(type, Read);

    private (byte[][] Hidden, byte[][] Encrypted) Read(Type type)
    {
        var found = new Dictionary<string, bool?>(StringComparer.Ordinal);
        Collect(type, found, []);
        return (With(found.Where(one => one.Value is not null).Select(one => one.Key)), With(found.Where(one => one.Value is true).Select(one => one.Key)));
    }

    private byte[][] With(IEnumerable<string> marked) =>
        [.. _list.Select(Encoding.UTF8.GetString).Concat(marked).Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes)];

    // Null: it is not marked.
    private static void Collect(Type type, Dictionary<string, bool?> found, HashSet<Type> seen)
    {
        foreach (var part in type.IsGenericType ? type.GetGenericArguments() : [type])
        {
            if (part.Namespace?.StartsWith("System", StringComparison.Ordinal) != false || !seen.Add(part))
            {
                continue;
            }

            foreach (var property in part.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
                if (property.GetCustomAttribute<SensitiveAttribute>() is { } mark)
                {
                    found[name] = mark.Encrypted;
                }
                else
                {
                    found.TryAdd(name, null);
                }

                Collect(property.PropertyType, found, seen);
            }
        }
    }
}
