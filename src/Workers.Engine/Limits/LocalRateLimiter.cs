using System.Collections.Concurrent;

namespace Workers.Engine.Limits;

/// <summary>
/// Buckets of this process. A bucket is the moment at which it will be full: a token taken moves that on by the time one takes to come, and it is empty when it
/// would move further ahead than a full one takes. Buckets that are full again are forgotten.
/// </summary>
public sealed class LocalRateLimiter(TimeProvider clock) : IRateLimiter
{
    private const int Many = 10_000;

    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);
    private readonly long _start = clock.GetTimestamp();
    private long _swept;

    public ValueTask<RateAllowance> TakeAsync(string who, RateLimit limit, CancellationToken cancellation)
    {
        var now = clock.GetElapsedTime(_start).Ticks;
        Sweep(now);
        return new(_buckets.GetOrAdd(who, static _ => new Bucket()).Take(now, limit));
    }

    public int Count => _buckets.Count;

    private void Sweep(long now)
    {
        var last = Volatile.Read(ref _swept);
        if (now - last < TimeSpan.TicksPerSecond || Interlocked.CompareExchange(ref _swept, now, last) != last || _buckets.Count < Many)
        {
            return;
        }

        foreach (var (who, bucket) in _buckets)
        {
            if (bucket.IsFull(now))
            {
                // A token taken at this moment is forgotten with it: of a full bucket that is one too many at most.
                _buckets.TryRemove(KeyValuePair.Create(who, bucket));
            }
        }
    }

    private sealed class Bucket
    {
        private readonly Lock _gate = new();
        private long _fullAt;

        public bool IsFull(long now) => Volatile.Read(ref _fullAt) <= now;

        public RateAllowance Take(long now, RateLimit limit)
        {
            var interval = TimeSpan.TicksPerSecond / limit.PerSecond;
            var room = interval * limit.Burst;
            lock (_gate)
            {
                var full = Math.Max(_fullAt, now);
                var next = full + interval;
                if (next - now > room)
                {
                    return new(false, 0, new TimeSpan(next - now - room), new TimeSpan(full - now));
                }

                _fullAt = next;
                return new(true, (int)((room - (next - now)) / interval), TimeSpan.Zero, new TimeSpan(next - now));
            }
        }
    }
}
