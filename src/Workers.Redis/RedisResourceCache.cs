using StackExchange.Redis;
using Workers.Engine.Cache;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Redis;

/// <summary>
/// The cache that processes share. Before a state is written its entry gives way to a mark with the version to come, so that from the commit on every process
/// reads the store and puts nothing older. No process keeps entries of its own: there would be nobody to drop them in time.
/// </summary>
/// <param name="link">To Redis.</param>
/// <param name="options">How long marks stay.</param>
/// <param name="mask">Says what has values that nobody should read: such states stay in the store.</param>
/// <param name="clock">For waiting.</param>
internal sealed class RedisResourceCache(RedisLink link, CacheOptions options, IDataMask mask, TimeProvider clock) : IResourceCache
{
    private static readonly TimeSpan s_leastMark = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly RedisValue[] s_fields = ["g", "v", "d"];

    private long _invalidations;

    public string Backend => CacheOptions.Redis;

    public async ValueTask<CacheLook> FindAsync(StateKey key, CancellationToken cancellation)
    {
        if (link.Trust.IsAway || !link.Generations.IsSettled(out var generation))
        {
            return CacheLook.Unusable;
        }

        var (isAnswered, found) = await link.TryAsync(db => db.HashGetAsync(KeyOf(key), s_fields), cancellation);
        if (!isAnswered)
        {
            return CacheLook.Unusable;
        }

        var version = found[1].HasValue ? (long)found[1] : 0;
        var row = found[2].HasValue && (long)found[0] == generation ? new StateRow(version, (byte[])found[2]!, 0) : null;
        return new CacheLook(row, new CacheTicket(generation, version), IsUsable: true);
    }

    public async ValueTask PutAsync(StateKey key, StateRow row, CacheTicket ticket, TimeSpan expiration, CancellationToken cancellation)
    {
        if (mask.Apply(row.Data, null).AsSpan().SequenceEqual(row.Data.Span))
        {
            await link.TryAsync(
                db => db.ScriptEvaluateAsync(
                    Scripts.Put, [KeyOf(key)], [ticket.Generation, row.Version, row.Data.ToArray(), (long)expiration.TotalMilliseconds]),
                cancellation);
        }
    }

    /// <summary>A mark stays.</summary>
    public async ValueTask RemoveAsync(StateKey key, CancellationToken cancellation) =>
        await link.TryAsync(db => db.HashDeleteAsync(KeyOf(key), "d"), cancellation);

    public async ValueTask ClearAsync(CancellationToken cancellation) => await link.Generations.NextAsync().WaitAsync(cancellation);

    public Action? BeforeWrite(IReadOnlyList<StateWrite> states)
    {
        var written = states.Where(state => CachedKinds.Has(state.Key.Kind)).ToList();
        if (written.Count == 0)
        {
            return null;
        }

        // The pump's thread, which is its own, waits: flushes of a partition keep their order.
        MarkAsync(written).GetAwaiter().GetResult();
        return link.Trust.Left;
    }

    /// <summary>Of the whole Redis database: entries, marks and buckets.</summary>
    public async ValueTask<CacheSize> SizeAsync(CancellationToken cancellation)
    {
        var (_, size) = await link.TryAsync(db => db.ExecuteAsync("DBSIZE"), cancellation);
        var (_, info) = await link.TryAsync(db => db.ExecuteAsync("INFO", "stats"), cancellation);
        return new CacheSize(size is null ? 0 : (long)size, Evicted(info is null ? "" : (string)info!), Volatile.Read(ref _invalidations));
    }

    /// <summary>Until every entry is dropped, or the write may go on without.</summary>
    private async Task MarkAsync(List<StateWrite> written)
    {
        for (var since = clock.GetTimestamp(); clock.GetElapsedTime(since) < s_patience;)
        {
            switch (link.Trust.Enter(out var change))
            {
                case Way.Without:
                    return;
                case Way.With:
                    if (await TryMarkAsync(written).ConfigureAwait(false))
                    {
                        return;
                    }

                    link.Trust.Left();
                    break;
                default:
                    await Task.WhenAny(change, Task.Delay(s_look, clock)).ConfigureAwait(false);
                    break;
            }
        }

        throw new StoreUnavailableException("Redis is away, and the store does not take that others must not believe it");
    }

    private async Task<bool> TryMarkAsync(List<StateWrite> written)
    {
        var keep = (long)Math.Max(options.Ttl.TotalMilliseconds, s_leastMark.TotalMilliseconds);
        var (isAnswered, dropped) = await link.TryAsync(
            db => Task.WhenAll(written.Chunk(link.KeysAtOnce).Select(part => db.ScriptEvaluateAsync(
                Scripts.BeforeWrite,
                [.. part.Select(state => (RedisKey)KeyOf(state.Key))],
                [keep, .. part.Select(state => (RedisValue)Math.Max(state.Version, state.Previous + 1))]))),
            CancellationToken.None).ConfigureAwait(false);
        if (isAnswered)
        {
            Interlocked.Add(ref _invalidations, dropped.Sum(part => (long)part));
        }

        return isAnswered;
    }

    private string KeyOf(StateKey key) => $"{link.Scope}{key.Kind}:{key.Id}";

    private static long Evicted(string info) =>
        info.Split('\n').FirstOrDefault(line => line.StartsWith("evicted_keys:", StringComparison.Ordinal)) is { } line
            && long.TryParse(line.AsSpan("evicted_keys:".Length).Trim(), out var evicted) ? evicted : 0;
}
