namespace Workers.Handlers.Feeds;

/// <summary>What came lately, bounded: two generations, of which the older is dropped when the younger is full.</summary>
internal sealed class Recent<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private Dictionary<TKey, TValue> _young = [];
    private Dictionary<TKey, TValue> _old = [];

    public bool TryGet(TKey key, out TValue? value) => _young.TryGetValue(key, out value) || _old.TryGetValue(key, out value);

    public void Set(TKey key, TValue value)
    {
        _young[key] = value;
        if (_young.Count >= capacity / 2)
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }
    }

    /// <summary>Takes it out; false where it is not there.</summary>
    public bool Remove(TKey key, out TValue? value)
    {
        // The younger one is what counts, and neither may stay.
        var old = _old.Remove(key, out value);
        return _young.Remove(key, out var young) ? (value = young) is not null || true : old;
    }

    public void Clear()
    {
        _young.Clear();
        _old.Clear();
    }
}
