using StackExchange.Redis;
using Workers.Engine.Cache;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Redis;

/// <summary>
/// The cache that processes share. Before a state is written its entry gives way to a mark with the version to come, so that from the commit on every process
/// reads the store and puts nothing older; and since Redis may forget the mark, once more before anybody learns of the write. No process keeps entries of its own:
/// there would be nobody to drop them in time.
/// </summary>
/// <param name="link">To Redis.</param>
/// <param name="options">How long marks stay.</param>
/// <param name="mask">Says what has values that nobody should read: such states stay in the store.</param>
/// <param name="clock">For waiting.</param>
internal sealed class RedisResourceCache(RedisLink link, CacheOptions options, IDataMask mask, TimeProvider clock) : IResourceCache
{
    private static readonly TimeSpan s_leastMark = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_token = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    // Longer than writes take that go on without Redis, and shorter than a process has to end.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private long _invalidations;

    public string Backend => CacheOptions.Redis;

    public async ValueTask<CacheLook> FindAsync(StateKey key, CancellationToken cancellation)
    {
        if (link.Trust.IsAway || !link.Generations.IsSettled(out var generation))
        {
            return CacheLook.Unusable;
        }

        var (isAnswered, answer) = await link.TryAsync(
            Scripts.Look, KeyOf(key), [generation, Random.Shared.NextInt64(), (long)s_token.TotalMilliseconds], cancellation);
        if (!isAnswered)
        {
            return CacheLook.Unusable;
        }

        var found = (RedisValue[])answer!;
        var row = found[1].HasValue ? new StateRow((long)found[0], (byte[])found[1]!, 0) : null;
        return new CacheLook(row, new CacheTicket(generation, (long)found[2]), IsUsable: true);
    }

    public async ValueTask PutAsync(StateKey key, StateRow row, CacheTicket ticket, TimeSpan expiration, CancellationToken cancellation)
    {
        if (mask.Apply(row.Data, null).AsSpan().SequenceEqual(row.Data.Span))
        {
            await link.TryAsync(
                Scripts.Put, KeyOf(key), [ticket.Generation, row.Version, row.Data.ToArray(), (long)expiration.TotalMilliseconds, ticket.Token], cancellation);
        }
    }

    /// <summary>A mark stays.</summary>
    public async ValueTask RemoveAsync(StateKey key, CancellationToken cancellation) =>
        await link.TryAsync(db => db.HashDeleteAsync(KeyOf(key), "d"), cancellation);

    public async ValueTask ClearAsync(CancellationToken cancellation) => await link.Generations.NextAsync().WaitAsync(cancellation);

    public Func<Task<FlushResult>, Task<FlushResult>>? BeforeWrite(IReadOnlyList<StateWrite> states)
    {
        var marks = states.Where(state => CachedKinds.Has(state.Key.Kind)).Select(state => new Mark(KeyOf(state.Key), Math.Max(state.Version, state.Previous + 1))).ToList();
        if (marks.Count == 0)
        {
            return null;
        }

        // The pump's thread, which is its own, waits: flushes of a partition keep their order.
        MarkAsync(marks).GetAwaiter().GetResult();
        return write => EndAsync(write, marks);
    }

    /// <summary>Of the whole Redis database: entries, marks and buckets.</summary>
    public async ValueTask<CacheSize> SizeAsync(CancellationToken cancellation)
    {
        var (_, size) = await link.TryAsync(db => db.ExecuteAsync("DBSIZE", [], CommandFlags.DemandMaster), cancellation);
        var (_, info) = await link.TryAsync(db => db.ExecuteAsync("INFO", ["stats"], CommandFlags.DemandMaster), cancellation);
        return new CacheSize(size is null ? 0 : (long)size, Evicted(info is null ? "" : (string)info!), Volatile.Read(ref _invalidations));
    }

    /// <summary>
    /// Redis may have forgotten a mark, and a reader have put what was before the commit; a process that was stopped while it wrote without Redis may have been taken
    /// to write with it again. So once more, and only then is anybody told.
    /// </summary>
    private async Task<FlushResult> EndAsync(Task<FlushResult> write, List<Mark> marks)
    {
        try
        {
            return await write.ConfigureAwait(false);
        }
        finally
        {
            link.Trust.Left();
            await MarkAsync(marks).ConfigureAwait(false);
            link.Trust.Left();
        }
    }

    /// <summary>Until every entry is dropped, or the write may go on without: it is in hand then.</summary>
    private async Task MarkAsync(List<Mark> marks)
    {
        var keep = (long)Math.Max(options.Ttl.TotalMilliseconds, s_leastMark.TotalMilliseconds);
        for (var since = clock.GetTimestamp(); clock.GetElapsedTime(since) < s_patience;)
        {
            switch (link.Trust.Enter(out var change))
            {
                case Way.Without:
                    return;
                case Way.With:
                    if (await link.MarkAsync(marks, keep).ConfigureAwait(false) is { } dropped)
                    {
                        Interlocked.Add(ref _invalidations, dropped);
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

    private string KeyOf(StateKey key) => $"{link.Scope}{key.Kind}:{key.Id}";

    private static long Evicted(string info) =>
        info.Split('\n').FirstOrDefault(line => line.StartsWith("evicted_keys:", StringComparison.Ordinal)) is { } line
            && long.TryParse(line.AsSpan("evicted_keys:".Length).Trim(), out var evicted) ? evicted : 0;
}
