using Microsoft.Extensions.Logging;
using Workers.Contracts;
using Workers.Engine.Health;
using Workers.Engine.Log;

namespace Workers.Api.Feeds;

/// <summary>
/// What is new in the feeds, read once for everybody in this process who listens, on a thread that is there as long as anybody does.
/// </summary>
internal sealed class LiveTail(ILog log, ILogger<LiveTail> logger) : IDisposable
{
    private static readonly TimeSpan Backoff = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly Lock _gate = new();
    private readonly List<ITailListener> _listeners = [];
    private readonly Signal _wake = new();
    private readonly Outage _outage = new();

    // Up to where everybody has heard; null until somebody has listened.
    private FeedPlace? _place;
    private Thread? _thread;
    private bool _disposed;

    /// <summary>Hears of each record from now on. Returns where that begins, once it has.</summary>
    public async Task<FeedPlace> ListenAsync(ITailListener listener, CancellationToken cancellation)
    {
        await _starting.WaitAsync(cancellation);
        try
        {
            if (TryAdd(listener) is { } place)
            {
                return place;
            }

            var last = await FeedPlace.LastAsync(log, Topics.Feeds, cancellation);
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                _place = last;
                _listeners.Add(listener);
                _thread = new Thread(Run) { IsBackground = true, Name = "feeds tail" };
                _thread.Start();
                return last.Copy();
            }
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Does this between two records, told up to where everybody has heard. Only for who listens.</summary>
    public void Between(Action<FeedPlace> then)
    {
        lock (_gate)
        {
            then(_place!.Copy());
        }
    }

    /// <summary>Does this between two records if nobody has heard of anything behind the place. Only for who listens.</summary>
    public bool Meet(FeedPlace place, Action then)
    {
        lock (_gate)
        {
            if (!place.Covers(_place!))
            {
                return false;
            }

            then();
            return true;
        }
    }

    public void Leave(ITailListener listener)
    {
        lock (_gate)
        {
            _listeners.Remove(listener);
        }

        _wake.Set();
    }

    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            (_disposed, thread) = (true, _thread);
            _listeners.Clear();
        }

        _wake.Set();
        if (thread?.Join(TimeSpan.FromSeconds(10)) ?? true)
        {
            _wake.Dispose();
        }
    }

    private FeedPlace? TryAdd(ITailListener listener)
    {
        lock (_gate)
        {
            if (_thread is null)
            {
                return null;
            }

            _listeners.Add(listener);
            return _place!.Copy();
        }
    }

    private void Run()
    {
        while (!Ended())
        {
            try
            {
                Follow();
            }
#pragma warning disable CA1031 // The loop goes on whatever fails: it reads again from its place.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Log.TailFailed(logger, _outage.LevelOf(error), error);
                _wake.Wait(Backoff);
            }
        }
    }

    private bool Ended()
    {
        lock (_gate)
        {
            if (_listeners.Count > 0)
            {
                return false;
            }

            _thread = null;
            return true;
        }
    }

    private void Follow()
    {
        using var reader = log.OpenReader(Topics.Feeds, _wake);
        var cursors = _place!.Partitions.Select(p => new PartitionCursor(p, _place[p])).ToList();
        while (true)
        {
            lock (_gate)
            {
                if (_listeners.Count == 0)
                {
                    return;
                }
            }

            if (!reader.Fill(cursors))
            {
                cursors.FindAll(c => c.Halted is not null).ForEach(Jump);
                _wake.Wait(TimeSpan.FromSeconds(1));
            }

            _ = _outage.Ends();
            while (FeedPages.Earliest(cursors) is { } cursor)
            {
                Tell(cursor.Take());
            }
        }
    }

    // The log goes on elsewhere: the topic was made anew, or this process stood still for longer than records are kept.
    private void Jump(PartitionCursor cursor)
    {
        var ends = log.EndsAsync(cursor.Partition.Topic, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        Log.TailJumped(logger, cursor.Partition.ToString(), cursor.Halted!);
        lock (_gate)
        {
            var before = _place!.Copy();
            cursor.Rewind(ends[cursor.Partition.Number]);
            _place.Pass(cursor.Partition, cursor.Next);
            _listeners.ForEach(listener => listener.Jumped(cursor.Partition, before, _place));
        }
    }

    private void Tell(LogRecord record)
    {
        lock (_gate)
        {
            _place!.Pass(record.Where, record.Offset + 1);
            foreach (var listener in _listeners)
            {
                listener.Heard(record, _place);
            }
        }
    }
}

/// <summary>Hears of each record of the feeds, in order per partition, on the tail's thread, between which nothing else is: it must not wait, nor listen or leave.</summary>
internal interface ITailListener
{
    /// <param name="record">Of one of the feeds.</param>
    /// <param name="place">Behind it; changes with the next one.</param>
    void Heard(LogRecord record, FeedPlace place);

    /// <summary>The tail goes on elsewhere in this partition: nobody will hear of what lies between.</summary>
    void Jumped(PartitionId partition, FeedPlace before, FeedPlace place);
}
