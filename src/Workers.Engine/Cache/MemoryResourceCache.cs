using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Engine.Cache;

/// <summary>
/// The cache of a process that sees every write. A write in hand is counted in its key's slot: meanwhile nothing is put or given, and after it what was read
/// before it is not put either. Keys that share a slot only lose a chance to be cached.
/// </summary>
public sealed class MemoryResourceCache(CacheOptions options, TimeProvider clock) : IResourceCache
{
    private const int Slots = 1 << 16;
    private const long Ended = (1L << 32) - 1;

    private readonly LruTable _table = new(options.MaxEntries, options.MaxBytes);

    // Low half: writes in hand. High half: how many have ended.
    private readonly long[] _slots = new long[Slots];

    public string Backend => "memory";

    public ValueTask<CacheLook> FindAsync(StateKey key, CancellationToken cancellation)
    {
        var slot = Volatile.Read(ref Slot(key));
        return new(IsWritten(slot) ? CacheLook.Unusable : new CacheLook(_table.Find(key, NowMs), new CacheTicket(slot, 0), IsUsable: true));
    }

    public ValueTask PutAsync(StateKey key, StateRow row, CacheTicket ticket, TimeSpan expiration, CancellationToken cancellation)
    {
        lock (_table.Gate)
        {
            // Under the lock: a write that begins now finds the entry.
            if (Volatile.Read(ref Slot(key)) == ticket.Generation)
            {
                _table.Put(key, row, NowMs + (long)expiration.TotalMilliseconds);
            }
        }

        return default;
    }

    public ValueTask RemoveAsync(StateKey key, CancellationToken cancellation)
    {
        _table.Remove(key);
        return default;
    }

    public ValueTask ClearAsync(CancellationToken cancellation)
    {
        _table.Clear();
        return default;
    }

    public Func<Task<FlushResult>, Task<FlushResult>>? BeforeWrite(IReadOnlyList<StateWrite> states)
    {
        List<int>? written = null;
        for (var i = 0; i < states.Count; i++)
        {
            var key = states[i].Key;
            if (CachedKinds.Has(key.Kind))
            {
                Interlocked.Increment(ref Slot(key));
                (written ??= new List<int>(states.Count - i)).Add(SlotOf(key));
                _table.Remove(key);
            }
        }

        return written is null ? null : write => End(write, written);
    }

    public ValueTask<CacheSize> SizeAsync(CancellationToken cancellation) => new(new CacheSize(_table.Count, _table.Evictions, _table.Removals));

    private long NowMs => clock.GetTimestamp() / (clock.TimestampFrequency / 1_000);

    private static bool IsWritten(long slot) => (int)slot != 0;

    private Task<FlushResult> End(Task<FlushResult> write, List<int> written)
    {
        if (write.IsCompleted)
        {
            End(written);
        }
        else
        {
            // Beside the pump's own wait, not before it: until it has run, reads go to the store.
            write.GetAwaiter().UnsafeOnCompleted(() => End(written));
        }

        return write;
    }

    private void End(List<int> written)
    {
        foreach (var slot in written)
        {
            Interlocked.Add(ref _slots[slot], Ended);
        }
    }

    private ref long Slot(StateKey key) => ref _slots[SlotOf(key)];

    private static int SlotOf(StateKey key) => key.GetHashCode() & (Slots - 1);
}
