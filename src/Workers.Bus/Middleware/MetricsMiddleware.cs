using System.Collections.Concurrent;
using Workers.Bus.Metrics;

namespace Workers.Bus.Middleware;

/// <summary>Counts and times dispatches by message name. A bus has one of its own unless its metrics are off.</summary>
public sealed class MetricsMiddleware(TimeProvider? time = null) : ICommandMiddleware, IQueryMiddleware
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly ConcurrentDictionary<string, Counters> _counters = new(StringComparer.Ordinal);

    public Handler<TMessage, TResult> Around<TMessage, TResult>(MessageInfo message, Handler<TMessage, TResult> next)
        where TMessage : class
    {
        var counters = _counters.GetOrAdd(message.Name, static _ => new Counters());
        return (m, cancellation) =>
        {
            var start = _time.GetTimestamp();
            Interlocked.Increment(ref counters.Started);
            var succeeded = false;
            try
            {
                var task = next(m, cancellation);
                if (!task.IsCompletedSuccessfully)
                {
                    succeeded = true; // ended elsewhere: Finish counts it
                    return Finish(task, counters, start);
                }

                succeeded = true;
                counters.End(_time.GetElapsedTime(start), failed: false);
                return task;
            }
            finally
            {
                if (!succeeded)
                {
                    counters.End(_time.GetElapsedTime(start), failed: true);
                }
            }
        };
    }

    public BusMetrics Snapshot() => new(_counters.ToDictionary(c => c.Key, c => c.Value.Snapshot()));

    private async ValueTask<TResult> Finish<TResult>(ValueTask<TResult> task, Counters counters, long start)
    {
        var failed = true;
        try
        {
            var result = await task.ConfigureAwait(false);
            failed = false;
            return result;
        }
        finally
        {
            counters.End(_time.GetElapsedTime(start), failed);
        }
    }

    private sealed class Counters
    {
        public long Started;
        private long _ended;
        private long _failed;
        private long _ticks;
        private long _longest;

        public void End(TimeSpan elapsed, bool failed)
        {
            Interlocked.Add(ref _ticks, elapsed.Ticks);
            if (failed)
            {
                Interlocked.Increment(ref _failed);
            }

            long longest;
            while ((longest = Volatile.Read(ref _longest)) < elapsed.Ticks
                && Interlocked.CompareExchange(ref _longest, elapsed.Ticks, longest) != longest)
            {
            }

            Interlocked.Increment(ref _ended);
        }

        public MessageMetrics Snapshot()
        {
            var ended = Volatile.Read(ref _ended); // before Started, so that what is in flight is never negative
            return new MessageMetrics(
                ended,
                Volatile.Read(ref _failed),
                Volatile.Read(ref Started) - ended,
                TimeSpan.FromTicks(Volatile.Read(ref _ticks)),
                TimeSpan.FromTicks(Volatile.Read(ref _longest)));
        }
    }
}
