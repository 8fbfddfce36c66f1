namespace Workers.Sqlite.Log;

/// <summary>
/// Where the log ends. The writer works on one instance and copies it into the published one after each commit; readers see whole numbers that
/// are never ahead of what is in the file.
/// </summary>
internal sealed class LogCounters(TopicTable topics)
{
    private readonly long[] _last = new long[topics.Size];
    private readonly long[][] _ends = [.. Enumerable.Range(0, topics.Size).Select(id => new long[topics.Find(id)?.Partitions ?? 0])];
    private long _next = 1;
    private long _bytes;

    /// <summary>The seq that the next record gets.</summary>
    public long Next
    {
        get => Volatile.Read(ref _next);
        set => Volatile.Write(ref _next, value);
    }

    /// <summary>Sum of the records' lengths.</summary>
    public long Bytes
    {
        get => Volatile.Read(ref _bytes);
        set => Volatile.Write(ref _bytes, value);
    }

    /// <summary>Seq of the topic's last record; 0 for none.</summary>
    public long Last(int topic) => Volatile.Read(ref _last[topic]);

    /// <summary>Seq of the partition's last record; 0 for none.</summary>
    public long Last(int topic, int partition) => Volatile.Read(ref _ends[topic][partition]);

    public void Appended(int topic, int partition, long seq, int bytes)
    {
        _last[topic] = seq;
        _ends[topic][partition] = seq;
        _next = seq + 1;
        _bytes += bytes;
    }

    /// <summary>Takes over the other's numbers; the next seq last, so that who sees it sees the rest.</summary>
    public void CopyFrom(LogCounters other)
    {
        for (var topic = 0; topic < _last.Length; topic++)
        {
            var (to, from) = (_ends[topic], other._ends[topic]);
            for (var partition = 0; partition < to.Length; partition++)
            {
                Volatile.Write(ref to[partition], from[partition]);
            }

            Volatile.Write(ref _last[topic], other._last[topic]);
        }

        Bytes = other._bytes;
        Next = other._next;
    }
}
