using Workers.Engine.Log;

namespace Workers.Kafka.Reading;

/// <summary>
/// What was read ahead of one partition, between the thread that polls Kafka and the one that fills cursors. Where a cursor stands elsewhere, the buffer is emptied
/// and the polling thread is asked to seek.
/// </summary>
internal sealed class PartitionBuffer(PartitionId partition, int maxRecords)
{
    private const long MaxBytes = 8 << 20;

    private readonly Lock _gate = new();
    private readonly Queue<LogRecord> _records = new();
    private long _bytes;
    private long _position = -1;
    private long _fetched = -1;
    private long? _wanted;
    private bool _fromOldest;
    private bool _full;
    private bool _resume;
    private string? _halted;
    private long _haltedAt;

    public PartitionId Partition => partition;

    /// <summary>Times that a place to seek to was found outside the log; the polling thread's.</summary>
    public int Doubts { get; set; }

    /// <summary>Fetching is paused; the polling thread's.</summary>
    public bool Paused { get; set; }

    /// <summary>Where to seek to is where the log begins.</summary>
    public bool FromOldest
    {
        get
        {
            lock (_gate)
            {
                return _fromOldest;
            }
        }
    }

    /// <summary>Where to seek to; null for nowhere.</summary>
    public long? Wanted
    {
        get
        {
            lock (_gate)
            {
                return _wanted;
            }
        }
    }

    /// <summary>Moves what is there to the cursor. <paramref name="asks"/>: the polling thread has something to do.</summary>
    public bool Take(PartitionCursor cursor, out bool asks)
    {
        asks = false;
        lock (_gate)
        {
            if (_halted is not null && cursor.Next == _haltedAt)
            {
                // Said once: who asks again after that wants it looked at again.
                (cursor.Halted, _halted, _position) = (_halted, null, -1);
                return false;
            }

            if (cursor.Next != _position && !Skip(cursor.Next))
            {
                Seek(cursor.Next);
                _fromOldest = cursor.FromOldest && cursor.Next == 0;
                asks = true;
            }

            if (_wanted is not null)
            {
                return false;
            }

            cursor.Found = true;
            cursor.FromOldest = false;

            var before = _records.Count;
            Move(cursor);
            _fromOldest &= cursor.Next == 0 && _fetched > 0;
            if (_full && _records.Count <= maxRecords / 2 && _bytes <= MaxBytes / 2)
            {
                (_full, _resume, asks) = (false, true, true);
            }

            return _records.Count < before;
        }
    }

    /// <summary>What was polled; dropped where the buffer waits for a seek. True when there is no room for more: pause.</summary>
    public bool Add(LogRecord record)
    {
        lock (_gate)
        {
            if (_wanted is not null || _position < 0 || record.Offset < _fetched)
            {
                return false;
            }

            _records.Enqueue(record);
            _bytes += record.Value.Length;
            _fetched = record.Offset + 1;
            if (_full || (_records.Count < maxRecords && _bytes < MaxBytes))
            {
                return false;
            }

            return _full = true;
        }
    }

    /// <summary>Nothing more lies before this offset: what does not appear is no record (markers of transactions, compaction). True where that is news.</summary>
    public bool Reached(long offset)
    {
        lock (_gate)
        {
            if (_wanted is not null || _position < 0 || offset <= _fetched)
            {
                return false;
            }

            _fetched = offset;
            return true;
        }
    }

    /// <summary>The polling thread reads from <paramref name="start"/> on now, as asked by <paramref name="wanted"/>.</summary>
    public void Sought(long wanted, long start)
    {
        lock (_gate)
        {
            if (_wanted == wanted)
            {
                (_wanted, _fetched, _full, _resume) = (null, start, false, false);
            }
        }
    }

    /// <summary>Reading broke off: what is not taken yet is forgotten, and read again.</summary>
    public void ReadAgain()
    {
        lock (_gate)
        {
            if (_wanted is null && _position >= 0)
            {
                Trim();
                _wanted = _position;
            }
        }
    }

    /// <summary>The place that was asked for is outside the log.</summary>
    public void Halt(long wanted, string reason)
    {
        lock (_gate)
        {
            if (_wanted == wanted)
            {
                (_wanted, _halted, _haltedAt) = (null, reason, wanted);
            }
        }
    }

    /// <summary>True once after there is room again.</summary>
    public bool TakeResume()
    {
        lock (_gate)
        {
            var resume = _resume;
            _resume = false;
            return resume;
        }
    }

    private void Move(PartitionCursor cursor)
    {
        while (cursor.HasRoom && _records.TryDequeue(out var record))
        {
            _bytes -= record.Value.Length;
            cursor.Add(record);
            cursor.Next = _position = record.Offset + 1;
        }

        if (_records.Count == 0 && cursor.Next < _fetched)
        {
            cursor.Next = _position = _fetched;
        }
    }

    // A little further on, within what is here.
    private bool Skip(long next)
    {
        if (_wanted is not null || next < _position || next > _fetched || _position < 0)
        {
            return false;
        }

        while (_records.TryPeek(out var record) && record.Offset < next)
        {
            _bytes -= _records.Dequeue().Value.Length;
        }

        _position = next;
        return true;
    }

    private void Seek(long next)
    {
        Trim();
        (_position, _wanted, _halted) = (next, next, null);
    }

    private void Trim()
    {
        _records.Clear();
        _bytes = 0;
        _resume = false;
    }
}
