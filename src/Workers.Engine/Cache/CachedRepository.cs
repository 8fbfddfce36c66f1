using System.Collections.Concurrent;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Engine.Cache;

/// <summary>
/// Reads of one kind of state by id: from the cache, else from the store, once for all who ask at the same time. Answers are never older than what was
/// committed before the question. What does not exist is not kept.
/// </summary>
/// <param name="kind">One of <see cref="CachedKinds"/>.</param>
/// <param name="cache">Null where there is none: every read goes to the store.</param>
/// <param name="readers">Of the store.</param>
/// <param name="ttl">How long entries stay.</param>
public sealed class CachedRepository(string kind, IResourceCache? cache, StateReaders readers, TimeSpan ttl)
{
    private readonly ConcurrentDictionary<(string Id, CacheTicket Ticket), TaskCompletionSource<StateRow?>> _loads = new();
    private long _hits;
    private long _misses;

    public string Kind => kind;

    /// <summary>Reads that the cache answered.</summary>
    public long Hits => Volatile.Read(ref _hits);

    /// <summary>Reads that it did not.</summary>
    public long Misses => Volatile.Read(ref _misses);

    /// <summary>The state, deleted resources included; null where there never was one.</summary>
    /// <exception cref="StoreUnavailableException">It is not cached and the store cannot be read.</exception>
    public async ValueTask<StateRow?> GetById(string id, CancellationToken cancellation)
    {
        var look = await LookAsync(id, cancellation);
        if (look.Row is not null)
        {
            Interlocked.Increment(ref _hits);
            return look.Row;
        }

        Interlocked.Increment(ref _misses);
        return look.IsUsable ? await LoadAsync(id, look.Ticket, cancellation) : Read(id);
    }

    /// <summary>The entry; null where there is none.</summary>
    public async ValueTask<StateRow?> GetFromCache(string id, CancellationToken cancellation) => (await LookAsync(id, cancellation)).Row;

    /// <summary>Keeps a state, if it is the one that the store has now.</summary>
    /// <param name="id">Whose.</param>
    /// <param name="entity">As it was read.</param>
    /// <param name="expiration">How long it stays at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async ValueTask SetCache(string id, StateRow entity, TimeSpan expiration, CancellationToken cancellation)
    {
        var look = await LookAsync(id, cancellation);
        if (look.IsUsable && Read(id) is { } row && row.Version == entity.Version)
        {
            await cache!.PutAsync(new StateKey(kind, id), row, look.Ticket, expiration, cancellation);
        }
    }

    /// <summary>Drops an entry.</summary>
    public ValueTask InvalidateCache(string id, CancellationToken cancellation) => cache?.RemoveAsync(new StateKey(kind, id), cancellation) ?? default;

    /// <summary>Drops the entries of all kinds.</summary>
    public ValueTask ClearCache(CancellationToken cancellation) => cache?.ClearAsync(cancellation) ?? default;

    private ValueTask<CacheLook> LookAsync(string id, CancellationToken cancellation) =>
        cache?.FindAsync(new StateKey(kind, id), cancellation) ?? new(CacheLook.Unusable);

    // Who looked at another moment has another ticket: it may have to see a write that this read does not.
    private async ValueTask<StateRow?> LoadAsync(string id, CacheTicket ticket, CancellationToken cancellation)
    {
        var mine = new TaskCompletionSource<StateRow?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var load = _loads.GetOrAdd((id, ticket), mine);
        if (load != mine)
        {
            return await Joined(load.Task, id, cancellation);
        }

        try
        {
            var row = Read(id);
            mine.SetResult(row);
            if (row is not null)
            {
                await cache!.PutAsync(new StateKey(kind, id), row, ticket, ttl, cancellation);
            }

            return row;
        }
        finally
        {
            mine.TrySetCanceled(CancellationToken.None);
            _loads.TryRemove((id, ticket), out _);
        }
    }

    private async ValueTask<StateRow?> Joined(Task<StateRow?> load, string id, CancellationToken cancellation)
    {
        try
        {
            return await load.WaitAsync(cancellation);
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Its reader failed: what the store says is each caller's own.
            return Read(id);
        }
    }

    private StateRow? Read(string id)
    {
        var key = new StateKey(kind, id);
        var found = new Dictionary<StateKey, StateRow>(1);
        using var loan = readers.Rent();
        loan.Reader.FindStates([key], found);
        return found.GetValueOrDefault(key);
    }
}
