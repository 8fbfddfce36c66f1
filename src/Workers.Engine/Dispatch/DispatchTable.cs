using System.Collections.Frozen;

namespace Workers.Engine.Dispatch;

/// <summary>What a group does with each message, by its name on the wire. Made at start; read by all pumps.</summary>
public sealed class DispatchTable
{
    private readonly FrozenDictionary<byte[], DispatchEntry> _entries;
    private readonly FrozenDictionary<byte[], DispatchEntry>.AlternateLookup<ReadOnlySpan<byte>> _byName;

    /// <param name="group">Name of the group, such as <c>commands</c>.</param>
    /// <exception cref="UnregisteredMessageException">A receiver takes a message that is not in the registry.</exception>
    /// <exception cref="ArgumentException">Two receivers have one name.</exception>
    public DispatchTable(string group, MessageRegistry registry, IReadOnlyCollection<Receiver> receivers)
    {
        if (receivers.GroupBy(r => r.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Group {group} has two receivers called {twice.Key}.");
        }

        Group = group;
        Receivers = receivers;
        _entries = receivers.SelectMany(r => r.MessageTypes).Distinct()
            .Select(type => new DispatchEntry(registry.Of(type), [.. receivers.Where(r => r.MessageTypes.Contains(type))]))
            .ToFrozenDictionary(e => e.Type.NameUtf8, Utf8Name.Comparer);
        _byName = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public string Group { get; }

    public IReadOnlyCollection<Receiver> Receivers { get; }

    public IReadOnlyCollection<DispatchEntry> Entries => _entries.Values;

    /// <summary>The entry of the message of that name (UTF-8, as in the header); null where nobody here takes it.</summary>
    public DispatchEntry? Find(ReadOnlySpan<byte> typeName) => _byName.TryGetValue(typeName, out var entry) ? entry : null;
}
