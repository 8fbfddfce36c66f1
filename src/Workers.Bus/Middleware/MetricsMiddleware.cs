using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Workers.Bus.Metrics;

namespace Workers.Bus.Middleware;

/// <summary>
/// Counts and times dispatches by message name. A bus has one of its own unless its metrics are off; another one, with a meter, is for whoever
/// collects: <c>workers.command.run.duration</c> (histogram, seconds) and <c>workers.command.completed</c> (counter), for queries
/// <c>workers.query.…</c>, each with <c>command.name</c> or <c>query.name</c> and <c>outcome</c> (<c>succeeded</c>, <c>failed</c>).
/// </summary>
/// <param name="time">What dispatches are timed by.</param>
/// <param name="meter">Where the two instruments are made; null: only <see cref="Snapshot"/>.</param>
public sealed class MetricsMiddleware(TimeProvider? time = null, Meter? meter = null) : ICommandMiddleware, IQueryMiddleware
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly ConcurrentDictionary<string, Counters> _counters = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Handler<TMessage, TResult> Around<TMessage, TResult>(MessageInfo message, Handler<TMessage, TResult> next)
        where TMessage : class
    {
        var counters = _counters.GetOrAdd(message.Name, static (_, a) => new Counters(Instruments.Of(a.meter, a.message)), (meter, message));
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

    /// <summary>What was counted since it was made.</summary>
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

    private sealed class Counters(Instruments? instruments)
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
            instruments?.Record(elapsed, failed);
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

    private sealed class Instruments(Histogram<double> duration, Counter<long> completed, TagList succeeded, TagList failed)
    {
        public static Instruments? Of(Meter? meter, MessageInfo message) => meter is null ? null : new Instruments(
            meter.CreateHistogram<double>($"workers.{message.Kind}.run.duration", "s", $"Time that the handler of a {message.Kind} takes."),
            meter.CreateCounter<long>($"workers.{message.Kind}.completed", null, $"Dispatches of a {message.Kind} that ended."),
            Tags(message, "succeeded"), Tags(message, "failed"));

        public void Record(TimeSpan elapsed, bool hasFailed)
        {
            var tags = hasFailed ? failed : succeeded;
            duration.Record(elapsed.TotalSeconds, tags);
            completed.Add(1, tags);
        }

        private static TagList Tags(MessageInfo message, string outcome) => new() { { $"{message.Kind}.name", message.Name }, { "outcome", outcome } };
    }
}
