namespace Workers.Handlers.Projections;

internal readonly record struct ModelKey(ModelType Type, string Id);

/// <summary>A state and its version, as last folded.</summary>
internal sealed record FoldedModel(long Version, object? State)
{
    /// <summary>Nothing is known of it yet.</summary>
    public static FoldedModel None { get; } = new(0, null);
}

/// <summary>
/// The states in use, bounded: two generations, of which the older is dropped when the younger is full. What is read again moves to the younger one.
/// </summary>
internal sealed class ModelCache(int capacity)
{
    private Dictionary<ModelKey, FoldedModel> _young = [];
    private Dictionary<ModelKey, FoldedModel> _old = [];

    public FoldedModel? Find(ModelKey key)
    {
        if (_young.TryGetValue(key, out var found))
        {
            return found;
        }

        if (!_old.Remove(key, out found))
        {
            return null;
        }

        Set(key, found);
        return found;
    }

    public void Set(ModelKey key, FoldedModel model)
    {
        _young[key] = model;
        if (_young.Count >= capacity / 2)
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }
    }

    public void Clear()
    {
        _young.Clear();
        _old.Clear();
    }
}
