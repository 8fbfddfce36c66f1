using Workers.Engine.Store;

namespace Workers.Engine.Cache;

/// <summary>Entries by key, bounded in number and bytes: the one that was not found for longest goes first.</summary>
internal sealed class LruTable(int maxEntries, long maxBytes)
{
    private const int Overhead = 200;

    private readonly Dictionary<StateKey, LinkedListNode<Entry>> _byKey = [];

    // The first was found last.
    private readonly LinkedList<Entry> _order = [];
    private long _bytes;
    private volatile int _count;

    public Lock Gate { get; } = new();

    public int Count => _count;

    public long Evictions { get; private set; }

    public long Removals { get; private set; }

    public StateRow? Find(StateKey key, long nowMs)
    {
        if (_count == 0)
        {
            return null;
        }

        lock (Gate)
        {
            if (!_byKey.TryGetValue(key, out var node))
            {
                return null;
            }

            if (node.Value.UntilMs <= nowMs)
            {
                Drop(node);
                return null;
            }

            _order.Remove(node);
            _order.AddFirst(node);
            return node.Value.Row;
        }
    }

    /// <summary>Where a lower version is there or none.</summary>
    public void Put(StateKey key, StateRow row, long untilMs)
    {
        lock (Gate)
        {
            if (_byKey.TryGetValue(key, out var old))
            {
                if (old.Value.Row.Version > row.Version)
                {
                    return;
                }

                Drop(old);
            }

            var node = _order.AddFirst(new Entry(key, row, untilMs));
            _byKey.Add(key, node);
            _bytes += SizeOf(row);
            while (_order.Count > maxEntries || _bytes > maxBytes)
            {
                Drop(_order.Last!);
                Evictions++;
            }

            _count = _order.Count;
        }
    }

    public void Remove(StateKey key)
    {
        lock (Gate)
        {
            if (_byKey.TryGetValue(key, out var node))
            {
                Drop(node);
                Removals++;
            }
        }
    }

    public void Clear()
    {
        lock (Gate)
        {
            _byKey.Clear();
            _order.Clear();
            (_bytes, _count) = (0, 0);
        }
    }

    private void Drop(LinkedListNode<Entry> node)
    {
        _order.Remove(node);
        _byKey.Remove(node.Value.Key);
        _bytes -= SizeOf(node.Value.Row);
        _count = _order.Count;
    }

    private static long SizeOf(StateRow row) => row.Data.Length + Overhead;

    private readonly record struct Entry(StateKey Key, StateRow Row, long UntilMs);
}
