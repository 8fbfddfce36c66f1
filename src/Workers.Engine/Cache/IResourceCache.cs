using Workers.Engine.Store;

namespace Workers.Engine.Cache;

/// <summary>
/// Stored states by their keys, for reads by id. Its suite is <c>ResourceCacheConformance</c>. It is told of each write before that is committed, and gives no
/// entry of the state from then on until the new one was put: whoever has learned of a write, in whatever way, never reads what was before it.
/// Where the cache cannot be used, reads go to the store; only <see cref="ClearAsync"/> and <see cref="BeforeWrite"/> throw, <see cref="StoreUnavailableException"/>.
/// </summary>
public interface IResourceCache
{
    /// <summary><c>memory</c> or <c>redis</c>.</summary>
    string Backend { get; }

    ValueTask<CacheLook> FindAsync(StateKey key, CancellationToken cancellation);

    /// <summary>Keeps what was read from the store after the look, unless a write of the state began since or a higher version is there.</summary>
    /// <param name="ticket">That of the look.</param>
    ValueTask PutAsync(StateKey key, StateRow row, CacheTicket ticket, TimeSpan expiration, CancellationToken cancellation);

    /// <summary>Drops an entry.</summary>
    ValueTask RemoveAsync(StateKey key, CancellationToken cancellation);

    /// <summary>Drops all entries.</summary>
    ValueTask ClearAsync(CancellationToken cancellation);

    /// <summary>
    /// Before these states are written, on the thread that will: drops their entries and keeps older ones from being put. Returns what to hand the write to, as soon
    /// as it is submitted and however it ends; nobody is to be told of it before the task that this gives has ended. Null for nothing.
    /// </summary>
    Func<Task<FlushResult>, Task<FlushResult>>? BeforeWrite(IReadOnlyList<StateWrite> states);

    ValueTask<CacheSize> SizeAsync(CancellationToken cancellation);
}

/// <summary>What a look found.</summary>
/// <param name="Row">The entry; null where there is none.</param>
/// <param name="Ticket">Of looks at the same moment between two writes it is the same.</param>
/// <param name="IsUsable">False where the state is being written, or the cache is away: then the reader asks the store for itself alone and puts nothing.</param>
public readonly record struct CacheLook(StateRow? Row, CacheTicket Ticket, bool IsUsable)
{
    public static CacheLook Unusable => default;
}

/// <param name="Generation">Entries of an earlier one count no more.</param>
/// <param name="Token">By which the cache knows the look.</param>
public readonly record struct CacheTicket(long Generation, long Token);

/// <param name="Entries">Now.</param>
/// <param name="Evictions">Entries that went for want of room.</param>
/// <param name="Invalidations">Entries that went since their state was written, in this process.</param>
public readonly record struct CacheSize(long Entries, long Evictions, long Invalidations);

/// <summary>Kinds of states that are read by id.</summary>
public static class CachedKinds
{
    public static bool Has(string kind) => kind is "user" or "payment" or "order" or "product";
}
