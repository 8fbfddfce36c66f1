using Workers.Engine.Options;
using Workers.Engine.Waiting;

namespace Workers.Engine.Cache;

/// <summary>The cached repositories of users, payments, orders and products.</summary>
public sealed class CachedRepositories
{
    private readonly Dictionary<string, CachedRepository> _byKind;
    private readonly IResourceCache? _cache;

    /// <param name="readers">Of the store.</param>
    /// <param name="options">How long entries stay.</param>
    /// <param name="cache">Null for none.</param>
    public CachedRepositories(StateReaders readers, CacheOptions options, IResourceCache? cache = null)
    {
        (_cache, Ttl) = (cache, options.Ttl);
        _byKind = new[] { "user", "payment", "order", "product" }.ToDictionary(kind => kind, kind => new CachedRepository(kind, cache, readers, options.Ttl));
    }

    public CachedRepository this[string kind] => _byKind[kind];

    public IEnumerable<CachedRepository> All => _byKind.Values;

    public TimeSpan Ttl { get; }

    /// <summary><c>memory</c>, <c>redis</c>, or <c>none</c>.</summary>
    public string Backend => _cache?.Backend ?? "none";

    public ValueTask<CacheSize> SizeAsync(CancellationToken cancellation) => _cache?.SizeAsync(cancellation) ?? default;
}
