using System.Collections.Concurrent;

namespace Workers.Bus.Middleware;

/// <summary>
/// Keeps the answers of queries for a time, the most recently used ones of each query type. Equal queries that come while the answer is being
/// made wait for it instead of making it again. Null and failures are not kept.
/// </summary>
/// <param name="ttl">How long an answer is given again.</param>
/// <param name="capacity">Answers kept of each type of query.</param>
/// <param name="time">Clock of the time to live.</param>
/// <param name="caches">Types of query whose answers are kept; all by default.</param>
public sealed class CachingMiddleware(TimeSpan ttl, int capacity = 100_000, TimeProvider? time = null, Func<Type, bool>? caches = null)
    : IQueryMiddleware
{
    private readonly ConcurrentDictionary<Type, Answers> _answers = new();
    private readonly TimeSpan _ttl = ttl > TimeSpan.Zero ? ttl : throw new ArgumentOutOfRangeException(nameof(ttl), ttl, null);
    private readonly int _capacity = capacity > 0 ? capacity : throw new ArgumentOutOfRangeException(nameof(capacity), capacity, null);
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <inheritdoc/>
    public Handler<TMessage, TResult> Around<TMessage, TResult>(MessageInfo message, Handler<TMessage, TResult> next)
        where TMessage : class
    {
        if (caches?.Invoke(typeof(TMessage)) == false)
        {
            return next;
        }

        var answers = new Answers<TMessage, TResult>(next, _ttl, _capacity, _time);
        _answers[typeof(TMessage)] = answers;
        return answers.Ask;
    }

    /// <summary>Forgets the answer of this query. One that is being made now is given to those who wait for it, and not kept.</summary>
    public void Forget<TQuery>(TQuery query)
        where TQuery : class
    {
        if (_answers.TryGetValue(typeof(TQuery), out var answers))
        {
            answers.Forget(query);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        foreach (var answers in _answers.Values)
        {
            answers.Clear();
        }
    }

    /// <summary>What it did since it was made, over all types of query.</summary>
    public CacheMetrics Snapshot() => _answers.Values.Aggregate(new CacheMetrics(0, 0, 0, 0), (sum, one) => sum + one.Snapshot());
}

/// <summary>What a cache did.</summary>
/// <param name="Hits">Answers given again, or waited for while another made them.</param>
/// <param name="Misses">Answers made.</param>
/// <param name="Entries">Answers kept now.</param>
/// <param name="Evictions">Answers that had to make room.</param>
public readonly record struct CacheMetrics(long Hits, long Misses, long Entries, long Evictions)
{
    /// <summary>Of both.</summary>
    public static CacheMetrics operator +(CacheMetrics a, CacheMetrics b) =>
        new(a.Hits + b.Hits, a.Misses + b.Misses, a.Entries + b.Entries, a.Evictions + b.Evictions);
}
