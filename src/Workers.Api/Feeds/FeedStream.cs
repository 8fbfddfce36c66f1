using System.Threading.Channels;
using Workers.Engine.Log;

namespace Workers.Api.Feeds;

/// <summary>
/// One reader's way along a feed: page by page until it has come to the present, then what the tail tells. Who takes that too slowly goes back to pages: nothing
/// is kept for it beyond a bound.
/// </summary>
internal sealed class FeedStream(string topic, FeedPlace place, LiveTail tail, FeedPages pages) : ITailListener, IDisposable
{
    private const int Page = 200;
    private const int MaxRecords = 1_000;
    private static readonly TimeSpan MeetAgain = TimeSpan.FromMilliseconds(20);

    private readonly Channel<LogRecord> _records = Channel.CreateBounded<LogRecord>(new BoundedChannelOptions(MaxRecords) { SingleReader = true });
    private volatile FeedPlace? _from;
    private long _bytes;

    /// <summary>To be called once, before the first <see cref="NextAsync"/>.</summary>
    public Task ListenAsync(CancellationToken cancellation) => tail.ListenAsync(this, cancellation);

    /// <summary>The next records; none after <paramref name="patience"/>; null where the feed cannot be gone on with from here.</summary>
    public async Task<IReadOnlyList<LogRecord>?> NextAsync(TimeSpan patience, CancellationToken cancellation)
    {
        while (true)
        {
            if (Taken() is { Count: > 0 } records)
            {
                return records;
            }

            if (_from is not null)
            {
                return await WaitAsync(patience, cancellation) is not { } more ? [] : more ? Taken() : null;
            }

            var page = await pages.ReadAsync([topic], place, Page, cancellation);
            if (page is not { Count: 0 })
            {
                return page;
            }

            if (!tail.Meet(place, () => _from = place.Copy()))
            {
                await Task.Delay(MeetAgain, cancellation);
            }
        }
    }

    public void Heard(LogRecord record, FeedPlace place)
    {
        if (record.Topic != topic || _from is not { } from || record.Offset < from[record.Where])
        {
            return;
        }

        if (Volatile.Read(ref _bytes) < FeedPages.MaxBytes && _records.Writer.TryWrite(record))
        {
            Interlocked.Add(ref _bytes, record.Value.Length);
        }
        else
        {
            _from = null;
        }
    }

    public void Jumped(PartitionId partition, FeedPlace before, FeedPlace place)
    {
        if (partition.Topic == topic)
        {
            _records.Writer.TryComplete();
        }
    }

    public void Dispose() => tail.Leave(this);

    private List<LogRecord> Taken()
    {
        var records = new List<LogRecord>();
        while (records.Count < Page && _records.Reader.TryRead(out var record))
        {
            Interlocked.Add(ref _bytes, -record.Value.Length);
            place.Pass(record.Where, record.Offset + 1);
            records.Add(record);
        }

        return records;
    }

    /// <summary>Whether there is more, and ever will be; null when patience has ended.</summary>
    private async Task<bool?> WaitAsync(TimeSpan patience, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(patience);
        try
        {
            return await _records.Reader.WaitToReadAsync(limited.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
