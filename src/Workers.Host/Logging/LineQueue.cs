using System.Threading.Channels;

namespace Workers.Host.Logging;

/// <summary>
/// Between those who log and the thread that writes. Nobody waits: where the queue is full a line is dropped, counted, and the count is written
/// when there is room again.
/// </summary>
internal sealed class LineQueue : IDisposable
{
    private readonly Channel<LogEntry> _entries;
    private readonly IReadOnlyList<ILineSink> _sinks;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private long _dropped;

    public LineQueue(IReadOnlyList<ILineSink> sinks, TimeProvider time, int capacity = 8_192)
    {
        _entries = Channel.CreateBounded<LogEntry>(new BoundedChannelOptions(capacity) { SingleReader = true });
        (_sinks, _time) = (sinks, time);
        _thread = new Thread(Run) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    public void Add(LogEntry entry)
    {
        if (!_entries.Writer.TryWrite(entry))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Writes what waits.</summary>
    public void Dispose()
    {
        if (_entries.Writer.TryComplete())
        {
            _thread.Join();
            foreach (var sink in _sinks)
            {
                Try(sink.Dispose);
            }
        }
    }

    private void Run()
    {
        var reader = _entries.Reader;
        while (Next(reader))
        {
            while (reader.TryRead(out var entry))
            {
                Write(entry);
            }

            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            {
                Write(new LogEntry(_time.GetUtcNow(), LogLevel.Warning, "Log", 0, $"{dropped} lines were dropped: they came faster than they could be written", [], null, null, null));
            }

            foreach (var sink in _sinks)
            {
                Try(sink.Flush);
            }
        }
    }

    // A console whose reader has gone: there is nobody to tell.
    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException)
        {
        }
    }

    // The thread is this queue's own: blocking it costs nobody anything.
    private static bool Next(ChannelReader<LogEntry> reader)
    {
        var waiting = reader.WaitToReadAsync();
        return waiting.IsCompleted ? waiting.GetAwaiter().GetResult() : waiting.AsTask().GetAwaiter().GetResult();
    }

    private void Write(LogEntry entry)
    {
        foreach (var sink in _sinks)
        {
            Try(() => sink.Write(entry));
        }
    }
}
