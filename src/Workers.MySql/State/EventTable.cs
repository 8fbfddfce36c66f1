using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>
/// Events, each with where the one before it in its stream is. The server gives a statement's rows consecutive numbers, so that an event whose predecessor is in
/// the same statement points back by rows, and no number must be known before it is written.
/// </summary>
internal static class EventTable
{
    // Below the server's own limit for recursion.
    private const int Steps = 500;

    private const string Columns = "seq, stream, version, type, schema_no, at, command_id, data";

    /// <summary>Moves the tails; <paramref name="before"/> gets what they were.</summary>
    public static void Write(IWrites target, List<EventWrite> writes, List<(StreamTail Tail, long LastEvent)> before)
    {
        var (last, row) = (new Dictionary<StreamTail, int>(), 0);
        target.Insert(
            "INSERT INTO events(stream, version, prev, at, schema_no, type, command_id, data)", 8, "", writes, writes.Count, w => w.Data.Length + 256,
            (v, w) =>
            {
                var prev = last.TryGetValue(w.Tail, out var earlier) ? earlier - row : w.Tail.LastEvent;
                last[w.Tail] = row++;
                v.Add(StateTable.Key(w.Stream)).Add(w.Version).Add(prev).Add(w.AtMs).Add(w.Schema).AddUtf8(w.Type).Add(w.CommandId).Add(w.Data);
            },
            first =>
            {
                foreach (var (tail, at) in last)
                {
                    before.Add((tail, tail.LastEvent));
                    tail.LastEvent = first + at;
                }

                last.Clear();
                row = 0;
            });
    }

    /// <summary>From the stream's last event backwards; in order from <paramref name="fromVersion"/>.</summary>
    public static List<EventRow> Read(Session session, long last, long fromVersion, int limit)
    {
        var seqs = new List<long>();
        while (last > 0)
        {
            var steps = session["""
                WITH RECURSIVE back(n, seq, version, prev) AS (
                    SELECT 1, seq, version, prev FROM events WHERE seq = ?
                    UNION ALL
                    SELECT b.n + 1, e.seq, e.version, e.prev FROM back b JOIN events e ON e.seq = IF(b.prev < 0, b.seq + b.prev, b.prev)
                    WHERE b.n < ? AND b.prev <> 0 AND b.version > ?)
                SELECT seq, version, IF(prev < 0, seq + prev, prev) FROM back ORDER BY n
                """].Add(last).Add(Steps).Add(fromVersion).Read(r => (Seq: r.Int64(0), Version: r.Int64(1), Before: r.Int64(2)));
            seqs.AddRange(steps.Where(s => s.Version >= fromVersion).Select(s => s.Seq));
            last = steps.Count == Steps && steps[^1].Version > fromVersion ? steps[^1].Before : 0;
        }

        seqs.Reverse();
        var events = new List<EventRow>(Math.Min(limit, seqs.Count));
        session.InLists($"SELECT {Columns} FROM events WHERE seq IN (", [.. seqs.Take(limit)], null, (s, seq) => s.Add(seq), s => events.AddRange(s.Read(Event)));
        events.Sort((a, b) => a.Seq.CompareTo(b.Seq));
        return events;
    }

    /// <summary>
    /// Events of all streams after a seq, in its order, which is that of versions within a stream. All that were committed before the first page was asked
    /// for are read; of those committed by several partitions since, one may be numbered below what was read already.
    /// </summary>
    public static List<EventRow> After(Session session, long seq, int limit) =>
        session[$"SELECT {Columns} FROM events WHERE seq > ? ORDER BY seq LIMIT ?"].Add(seq).Add(limit).Read(Event);

    private static EventRow Event(Row row) => new(
        row.Int64(0), StateKeyCodec.Read(row.Bytes(1)), row.Int64(2), row.Utf8(3), row.Int32(4), row.Int64(5), row.Guid(6), row.Bytes(7));
}
