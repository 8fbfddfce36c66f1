using Workers.Engine.Log;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.Log;

/// <summary>
/// One scan for all cursors: rows in the order of their arrival from the lowest place that a cursor with room stands at, handed out in memory. So a commit
/// costs the same for one partition as for many, and an idle partition moves along without a query of its own.
/// </summary>
internal sealed class SqliteLogReader : ILogReader
{
    private const int MaxRows = 2_000;
    private const int MaxBytes = 8 << 20;
    private readonly TopicTable _all;
    private readonly TopicTable.Topic[] _topics;
    private readonly LogCounters _published;
    private readonly Connection _connection;
    private readonly Action<SqliteLogReader> _closed;
    private readonly Statement _scan;
    private readonly Statement _trimmed;
    private readonly PartitionCursor?[][] _wanted;

    public SqliteLogReader(
        TopicTable.Topic[] topics, GroupMember member, TopicTable all, LogCounters published, Connection connection, Signal wake,
        Action<SqliteLogReader> closed)
    {
        Owned =
        [
            .. topics.SelectMany(topic => Enumerable.Range(0, topic.Partitions).Where(n => n % member.Count == member.Index)
                .Select(n => new PartitionId(topic.Name, n))),
        ];
        (_topics, _all, _published, _connection, _closed, Wake) = (topics, all, published, connection, closed, wake);
        Topics = topics.Aggregate(0UL, (bits, topic) => bits | (1UL << topic.Id));
        _wanted = new PartitionCursor?[all.Size][];
        foreach (var topic in topics)
        {
            _wanted[topic.Id] = new PartitionCursor?[topic.Partitions];
        }

        _scan = connection.Prepare(
            $"SELECT seq, topic, part, record FROM log WHERE seq >= ? AND topic IN ({string.Join(',', topics.Select(t => t.Id))}) ORDER BY seq");
        _trimmed = connection.Prepare("SELECT topic, upto FROM log_trimmed WHERE upto > ?");
    }

    /// <summary>A bit for each topic that is read.</summary>
    public ulong Topics { get; }

    public Signal Wake { get; }

    /// <summary>This process is the group: its threads share the partitions once and for all.</summary>
    public IReadOnlyList<PartitionId> Owned { get; }

    public void Released(PartitionId partition)
    {
    }

    public void Passed(PartitionId partition, long offset)
    {
    }

    public bool Fill(IReadOnlyList<PartitionCursor> cursors)
    {
        // What is published is in the file already; what comes later is seen by the next call, which the signal brings.
        var end = _published.Next;
        var from = Prepare(cursors);
        if (from > LastOf(cursors))
        {
            Pass(cursors, end);
            return false;
        }

        // Of one state of the file: what retention deletes meanwhile is either read or known to be gone.
        var (found, scannedTo) = _connection.Together(() =>
        {
            Halt(from, end);
            return Scan(from, end);
        });
        Pass(cursors, scannedTo);
        return found;
    }

    public void Dispose()
    {
        _closed(this);
        _connection.Dispose();
    }

    // Where to begin: the lowest place of a cursor that has room.
    private long Prepare(IReadOnlyList<PartitionCursor> cursors)
    {
        foreach (var topic in _topics)
        {
            Array.Clear(_wanted[topic.Id]);
        }

        var from = long.MaxValue;
        for (var i = 0; i < cursors.Count; i++)
        {
            var cursor = cursors[i];
            if (cursor.HasRoom)
            {
                var topic = _all[cursor.Partition.Topic];
                _wanted[topic.Id][cursor.Partition.Number] = cursor;

                // Its position is stored soon then: a group that has begun is not taken for a new one when it is back after its records are gone.
                cursor.Found = true;

                // A partition that has nothing new does not hold the scan back.
                if (cursor.Next <= _published.Last(topic.Id, cursor.Partition.Number))
                {
                    from = Math.Min(from, cursor.Next);
                }
            }
        }

        return from;
    }

    private long LastOf(IReadOnlyList<PartitionCursor> cursors) => cursors.Count == 0 ? 0 : _topics.Max(topic => _published.Last(topic.Id));

    // Retention counts the groups that it knows of: any other place that it has gone past is told, and nothing is passed over.
    private void Halt(long from, long end)
    {
        var trimmed = _trimmed.Add(from);
        while (trimmed.Step())
        {
            var (topic, upTo) = (trimmed.Int32(0), trimmed.Int64(1));
            var wanted = _wanted.ElementAtOrDefault(topic) ?? [];
            for (var partition = 0; partition < wanted.Length; partition++)
            {
                if (wanted[partition] is { Next: 0 } fresh)
                {
                    // Who begins begins where the topic does: another topic's records may move it on to somewhere before that.
                    fresh.Next = upTo;
                }
                else if (wanted[partition] is { } cursor && cursor.Next < upTo && cursor.Next <= _published.Last(topic, partition))
                {
                    cursor.Halted = $"The stored position {cursor.Next} is no longer in the log, which has {upTo} to {end}: records were deleted before they were read";
                    wanted[partition] = null;
                }
            }
        }
    }

    private (bool Found, long ScannedTo) Scan(long from, long end)
    {
        var (rows, bytes, found) = (0, 0, false);
        var scan = _scan.Add(from);
        while (scan.Step())
        {
            var seq = scan.Int64(0);
            var topic = scan.Int32(1);
            var partition = scan.Int32(2);
            if (_wanted[topic][partition] is { } cursor && seq >= cursor.Next)
            {
                var record = scan.Bytes(3);
                cursor.Add(RecordCodec.Read(record, _all.Find(topic)!.Name, partition, seq));
                bytes += record.Length;
                found = true;
                cursor.Next = seq + 1;
                if (!cursor.HasRoom)
                {
                    // It stays behind this record.
                    _wanted[topic][partition] = null;
                }
            }

            // Records of partitions that others read do not count: false must mean that there is nothing more.
            if (found && (++rows >= MaxRows || bytes >= MaxBytes))
            {
                scan.Reset();
                return (found, seq + 1);
            }
        }

        return (found, end);
    }

    private void Pass(IReadOnlyList<PartitionCursor> cursors, long to)
    {
        for (var i = 0; i < cursors.Count; i++)
        {
            var cursor = cursors[i];
            if (cursor.Next < to && _wanted[_all[cursor.Partition.Topic].Id][cursor.Partition.Number] is not null)
            {
                cursor.Next = to;
            }
        }
    }
}
