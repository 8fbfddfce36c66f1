using System.Collections.Concurrent;

namespace Workers.Bus.Middleware;

internal abstract class Answers
{
    public abstract void Forget(object query);

    public abstract void Clear();

    public abstract CacheMetrics Snapshot();
}

/// <summary>
/// The cached answers of one type of query. Room is made by the clock algorithm: an answer that was used since the hand last passed stays, which is
/// the least-recently-used order closely enough without a lock on a hit.
/// </summary>
internal sealed class Answers<TQuery, TResult>(Handler<TQuery, TResult> next, TimeSpan ttl, int capacity, TimeProvider time) : Answers
    where TQuery : class
{
    private readonly ConcurrentDictionary<TQuery, Entry> _entries = new();
    private readonly ConcurrentQueue<(TQuery Query, Entry Entry)> _ring = new();
    private readonly bool _systemClock = time == TimeProvider.System;
    private readonly long _ttlMs = (long)ttl.TotalMilliseconds;
    private long _hits;
    private long _misses;
    private long _evictions;

    // The system's tick count takes 6 ns, a time stamp 23.
    private long Now => _systemClock ? Environment.TickCount64 : time.GetUtcNow().ToUnixTimeMilliseconds();

    public ValueTask<TResult> Ask(TQuery query, CancellationToken cancellation)
    {
        if (_entries.TryGetValue(query, out var entry) && entry.Ready && Now < entry.Until)
        {
            if (!entry.Used)
            {
                entry.Used = true; // not each time: a line that is only read stays in every core's cache
            }

            Interlocked.Increment(ref _hits);
            return new ValueTask<TResult>(entry.Answer!);
        }

        return new ValueTask<TResult>(Join(query, entry, cancellation));
    }

    public override void Forget(object query) => _entries.TryRemove((TQuery)query, out _);

    public override void Clear() => _entries.Clear();

    public override CacheMetrics Snapshot() =>
        new(Volatile.Read(ref _hits), Volatile.Read(ref _misses), _entries.Count, Volatile.Read(ref _evictions));

    private Task<TResult> Join(TQuery query, Entry? known, CancellationToken cancellation)
    {
        // One that has become ready since it was looked at is not.
        if (known is { Ready: true } && Now >= known.Until)
        {
            _entries.TryRemove(new KeyValuePair<TQuery, Entry>(query, known)); // too old
        }

        Entry mine = new();
        var flight = new Task<Task<TResult>>(() => Make(query, mine));
        mine.Flight = flight.Unwrap();
        var entry = _entries.GetOrAdd(query, mine);
        if (ReferenceEquals(entry, mine))
        {
            Interlocked.Increment(ref _misses);
            flight.RunSynchronously(TaskScheduler.Default);
        }
        else
        {
            Interlocked.Increment(ref _hits);
        }

        return entry.Flight!.WaitAsync(cancellation);
    }

    // Without the caller's token: the others who wait must not fail because one of them left.
    private async Task<TResult> Make(TQuery query, Entry entry)
    {
        var keep = false;
        try
        {
            var answer = await next(query, CancellationToken.None).ConfigureAwait(false);
            if (answer is not null)
            {
                entry.Answer = answer;
                entry.Until = Now + _ttlMs;
                entry.Ready = true;
                keep = true;
                _ring.Enqueue((query, entry));
                MakeRoom();
            }

            return answer;
        }
        finally
        {
            if (!keep)
            {
                _entries.TryRemove(new KeyValuePair<TQuery, Entry>(query, entry));
            }
        }
    }

    private void MakeRoom()
    {
        // Forgotten entries stay in the ring until the hand passes, so the ring is what is bounded; twice round frees one surely.
        for (var steps = 0; _ring.Count > capacity && steps <= 2 * capacity && _ring.TryDequeue(out var item); steps++)
        {
            if (item.Entry.Used && _entries.TryGetValue(item.Query, out var current) && ReferenceEquals(current, item.Entry))
            {
                item.Entry.Used = false;
                _ring.Enqueue(item);
            }
            else if (_entries.TryRemove(new KeyValuePair<TQuery, Entry>(item.Query, item.Entry)))
            {
                Interlocked.Increment(ref _evictions);
            }
        }
    }

    private sealed class Entry
    {
        public TResult? Answer;
        public long Until;
        public volatile bool Ready;
        public bool Used;
        public Task<TResult>? Flight;
    }
}
