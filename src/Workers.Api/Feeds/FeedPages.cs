using System.Collections.Concurrent;
using Workers.Engine.Log;

namespace Workers.Api.Feeds;

/// <summary>
/// Reads topics a page at a time from wherever somebody stands. A few at once, the others wait: on Kafka a reader is a connection, and a page lies in memory.
/// Readers are kept for the next one for a while.
/// </summary>
internal sealed class FeedPages : IDisposable
{
    /// <summary>What a page's values come to at most, but for its last record.</summary>
    public const int MaxBytes = 4 << 20;

    private const int AtOnce = 4;
    private const int Kept = 2;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    // Longer than what a log knows of its ends may be old.
    private static readonly TimeSpan Known = TimeSpan.FromMilliseconds(500);

    private readonly ILog _log;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Reader>> _readers = new();
    private readonly SemaphoreSlim _places = new(AtOnce, AtOnce);
    private readonly ITimer _timer;
    private volatile bool _disposed;

    public FeedPages(ILog log, TimeProvider clock)
    {
        (_log, _clock) = (log, clock);
        _timer = clock.CreateTimer(_ => Drop(Idle), null, Idle, Idle);
    }

    /// <summary>
    /// The next records, the oldest first and in order per partition; fewer than the limit where there are no more or they are large, none where the place is at
    /// the end. Null where the place cannot be gone on from: retention has deleted records that come after it, or it is none in this log. The place is moved
    /// behind what is returned.
    /// </summary>
    public async Task<IReadOnlyList<LogRecord>?> ReadAsync(IReadOnlyList<string> topics, FeedPlace place, int limit, CancellationToken cancellation)
    {
        if (!place.IsFirst && await MissesAsync(topics, place, cancellation))
        {
            return null;
        }

        var ends = await FeedPlace.LastAsync(_log, topics, cancellation);
        var behind = place.Partitions.Where(p => place[p] < ends[p]).ToList();
        if (behind.Count == 0)
        {
            return [];
        }

        await _places.WaitAsync(cancellation);
        try
        {
            return await ReadAsync(topics, behind.ConvertAll(p => new PartitionCursor(p, place[p], limit, MaxBytes / behind.Count)), place, ends, limit, cancellation);
        }
        finally
        {
            _places.Release();
        }
    }

    private async ValueTask<bool> MissesAsync(IReadOnlyList<string> topics, FeedPlace place, CancellationToken cancellation)
    {
        if (place.IsElsewhere || await AnyAsync(_log.StartsAsync, static (at, start) => at < start))
        {
            return true;
        }

        if (!await IsBeyondAsync())
        {
            return false;
        }

        await Task.Delay(Known, _clock, cancellation);
        return await IsBeyondAsync();

        ValueTask<bool> IsBeyondAsync() => AnyAsync(_log.LimitsAsync, static (at, limit) => at > limit);

        async ValueTask<bool> AnyAsync(Func<string, CancellationToken, ValueTask<IReadOnlyList<long>>> ask, Func<long, long, bool> isSo)
        {
            foreach (var topic in topics)
            {
                var marks = await ask(topic, cancellation);
                if (place.Partitions.Any(p => p.Topic == topic && isSo(place[p], marks[p.Number])))
                {
                    return true;
                }
            }

            return false;
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _timer.Dispose();
        _places.Dispose();
        Drop(TimeSpan.Zero);
    }

    private async Task<IReadOnlyList<LogRecord>?> ReadAsync(
        IReadOnlyList<string> topics, List<PartitionCursor> cursors, FeedPlace place, FeedPlace ends, int limit, CancellationToken cancellation)
    {
        var name = string.Join(',', topics);
        var reader = Take(name) ?? new Reader(_log, topics);
        try
        {
            var started = _clock.GetTimestamp();
            while (cursors.Exists(c => c.HasRoom && c.Next < ends[c.Partition]))
            {
                if (cursors.Exists(c => c.Halted is not null))
                {
                    return null;
                }

                if (reader.Fill(cursors))
                {
                    continue;
                }

                if (_clock.GetElapsedTime(started) > Patience)
                {
                    throw new LogUnavailableException($"{name} could not be read in {Patience.TotalSeconds} s.");
                }

                await Task.Delay(Look, _clock, cancellation);
            }
        }
        catch
        {
            reader.Dispose();
            throw;
        }

        Return(name, reader);
        return Merge(cursors, place, limit);
    }

    // Partitions have no order among each other; by time it is near enough to what happened.
    private static List<LogRecord> Merge(List<PartitionCursor> cursors, FeedPlace place, int limit)
    {
        var records = new List<LogRecord>();
        while (records.Count < limit && Earliest(cursors) is { } cursor)
        {
            records.Add(cursor.Take());
        }

        cursors.ForEach(c => place.Pass(c.Partition, c.Pending.TryPeek(out var next) ? next.Offset : c.Next));
        return records;
    }

    /// <summary>Of the records that come next in these partitions the earliest one's; null where there are none.</summary>
    public static PartitionCursor? Earliest(List<PartitionCursor> cursors)
    {
        PartitionCursor? earliest = null;
        var at = (long.MaxValue, long.MaxValue);
        foreach (var cursor in cursors)
        {
            // Embedded, offsets count over all partitions.
            if (cursor.Pending.TryPeek(out var head) && (head.TimestampMs, head.Offset).CompareTo(at) < 0)
            {
                (earliest, at) = (cursor, (head.TimestampMs, head.Offset));
            }
        }

        return earliest;
    }

    private Reader? Take(string name) => _readers.TryGetValue(name, out var idle) && idle.TryDequeue(out var reader) ? reader : null;

    private void Return(string name, Reader reader)
    {
        var idle = _readers.GetOrAdd(name, _ => new());
        if (_disposed || idle.Count >= Kept)
        {
            reader.Dispose();
            return;
        }

        reader.IdleSince = _clock.GetTimestamp();
        idle.Enqueue(reader);
    }

    private void Drop(TimeSpan after)
    {
        foreach (var idle in _readers.Values)
        {
            while (idle.TryPeek(out var reader) && _clock.GetElapsedTime(reader.IdleSince) >= after && idle.TryDequeue(out reader))
            {
                reader.Dispose();
            }
        }
    }

    private sealed class Reader(ILog log, IReadOnlyList<string> topics) : IDisposable
    {
        private readonly Signal _wake = new();
        private ILogReader? _reader;

        public long IdleSince { get; set; }

        public bool Fill(IReadOnlyList<PartitionCursor> cursors) => (_reader ??= log.OpenReader(topics, _wake)).Fill(cursors);

        public void Dispose()
        {
            _reader?.Dispose();
            _wake.Dispose();
        }
    }
}
