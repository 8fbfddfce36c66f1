using Workers.Sqlite.Native;

namespace Workers.Sqlite.Log;

/// <summary>Appends records to the log's table, within the writer's transaction.</summary>
internal sealed class LogTable(Connection connection, LogCounters counters)
{
    private Statement Insert => field ??= connection.Prepare("INSERT INTO log(seq, topic, part, record) VALUES(?, ?, ?, ?)");

    /// <summary>Sets the records' offsets. Returns a bit for each topic that got records.</summary>
    public unsafe ulong Append(RecordBatch batch)
    {
        var topics = 0UL;
        var seq = counters.Next;
        var records = batch.Records;
        var insert = Insert;
        fixed (byte* buffer = batch.Buffer)
        {
            for (var i = 0; i < records.Count; i++, seq++)
            {
                var entry = batch.Entries[i];
                insert.Add(seq).Add(entry.Topic).Add(entry.Partition).AddPinned(buffer + entry.Start, entry.Length).Run();
                counters.Appended(entry.Topic, entry.Partition, seq, entry.Length);
                records[i].Offset = seq;
                topics |= 1UL << entry.Topic;
            }
        }

        return topics;
    }

    /// <summary>Stores the counters, so that opening need not read the whole log.</summary>
    public void SaveCounters(TopicTable topics)
    {
        connection["UPDATE log_state SET next = ?, bytes = ?"].Add(counters.Next).Add(counters.Bytes).Run();
        var save = connection["INSERT INTO log_ends(topic, part, ended) VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET ended = excluded.ended"];
        foreach (var topic in topics.All)
        {
            for (var part = 0; part < topic.Partitions; part++)
            {
                save.Add(topic.Id).Add(part).Add(counters.Last(topic.Id, part)).Run();
            }
        }
    }

    /// <summary>The stored counters, and what was appended after they were stored.</summary>
    public static LogCounters LoadCounters(Connection connection, TopicTable topics)
    {
        var counters = new LogCounters(topics);
        var state = connection["SELECT next, bytes FROM log_state"];
        state.Step();
        var (next, bytes) = (state.Int64(0), state.Int64(1));
        state.Reset();

        var rows = connection["""
            SELECT topic, part, ended, 0 FROM log_ends
            UNION ALL
            SELECT * FROM (SELECT topic, part, max(seq), sum(length(record)) FROM log WHERE seq >= ? GROUP BY topic, part ORDER BY 3)
            """].Add(next);
        var ends = new List<(int Topic, int Part, long Ended)>();
        while (rows.Step())
        {
            ends.Add((rows.Int32(0), rows.Int32(1), rows.Int64(2)));
            bytes += rows.Int64(3);
        }

        foreach (var (topic, part, ended) in ends.Where(e => e.Ended > 0).OrderBy(e => e.Ended))
        {
            counters.Appended(topic, part, ended, 0);
        }

        counters.Next = Math.Max(next, counters.Next);
        counters.Bytes = bytes;
        return counters;
    }
}
