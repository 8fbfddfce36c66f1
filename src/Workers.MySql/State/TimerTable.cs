using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>Messages that become records of the log when they are due.</summary>
internal static class TimerTable
{
    /// <summary>Sets timers, or moves those with these tokens.</summary>
    public static void Write(IWrites target, List<TimerWrite> writes, string group, PartitionId partition)
    {
        var rows = writes.ConvertAll(w => (Write: w, Record: RecordCodec.WriteWhere(w.Message)));
        target.Insert(
            "INSERT INTO timers(token, grp, topic, part, due, rkey, record)", 7,
            "ON DUPLICATE KEY UPDATE grp = VALUES(grp), topic = VALUES(topic), part = VALUES(part), due = VALUES(due), rkey = VALUES(rkey), record = VALUES(record)",
            rows, null, r => r.Record.Length + r.Write.Message.Key.Length + 128,
            (v, r) => v.Add(r.Write.Token).Of(group, partition).Add(r.Write.DueMs).AddUtf8(r.Write.Message.Key).Add(r.Record));
    }

    public static void Remove(IWrites target, List<Guid> tokens) =>
        target.InLists("DELETE FROM timers WHERE token IN (", tokens, null, (v, token) => v.Add(token));

    public static List<TimerWrite> FindDue(Session session, string group, PartitionId partition, long nowMs, int limit, out long? next)
    {
        var rows = session["SELECT token, due, record FROM timers WHERE grp = ? AND topic = ? AND part = ? ORDER BY due LIMIT ?"]
            .Of(group, partition).Add(limit + 1L).Read(Read);
        var due = rows.FindIndex(r => r.DueMs > nowMs) is >= 0 and var later ? later : rows.Count;
        due = Math.Min(due, limit);
        next = due < rows.Count ? rows[due].DueMs : null;
        return rows[..due];
    }

    public static List<TimerWrite> OfKey(Session session, string key, int limit) =>
        session["SELECT token, due, record FROM timers WHERE rkey = ? ORDER BY due LIMIT ?"].AddUtf8(key).Add(limit).Read(Read);

    public static TimerWrite? Find(Session session, Guid token) =>
        session["SELECT token, due, record FROM timers WHERE token = ?"].Add(token).First(Read);

    public static List<TimerWrite> Of(Session session, string group, PartitionId partition, (long DueMs, Guid Token)? after, int limit)
    {
        var (due, token) = after ?? (long.MinValue, Guid.Empty);
        return session["SELECT token, due, record FROM timers WHERE grp = ? AND topic = ? AND part = ? AND due >= ? AND (due > ? OR token > ?) ORDER BY due, token LIMIT ?"]
            .Of(group, partition).Add(due).Add(due).Add(token).Add((long)limit).Read(Read);
    }

    private static TimerWrite Read(Row row) => new(row.Guid(0), row.Int64(1), RecordCodec.ReadWhere(row.Bytes(2)));
}
