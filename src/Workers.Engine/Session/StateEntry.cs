using Workers.Engine.Store;

namespace Workers.Engine.Session;

/// <summary>One aggregate or saga instance in the identity map: read once, written once a batch, however many records touch it.</summary>
public sealed class StateEntry
{
    private ReadOnlyMemory<byte> _stored;
    private object? _live;

    internal StateEntry(StateKey key, StateType type, StateRow? row)
    {
        Key = key;
        Type = type;
        Version = FlushedVersion = row?.Version ?? 0;
        Tail = new StreamTail(row?.LastEvent ?? 0);
        _stored = row?.Data ?? default;
    }

    public StateKey Key { get; }

    public StateType Type { get; }

    /// <summary>Version with all staged changes; 0 before the first one.</summary>
    public long Version { get; internal set; }

    /// <summary>A saga's current state, for lists.</summary>
    public string? Label { get; set; }

    /// <summary>The instance with all staged changes; null where there is none, or where it was deleted.</summary>
    public object? Live
    {
        get
        {
            if (_live is null && _stored.Length > 0)
            {
                _live = Type.Read(_stored.Span);
                Image = Type.Mutable ? _stored.ToArray() : null;
                _stored = default;
            }

            return _live;
        }

        internal set
        {
            _live = value;
            _stored = default;
            Image = null;
        }
    }

    /// <summary>The JSON of <see cref="Live"/> before code got hold of it, for kinds changed in place; null where it was not written yet.</summary>
    internal byte[]? Image { get; set; }

    internal bool Dirty { get; set; }

    internal long FlushedVersion { get; set; }

    internal StreamTail Tail { get; }

    /// <summary>Number of the last batch that touched it: what is older and clean may leave the map.</summary>
    internal long Batch { get; set; }
}
