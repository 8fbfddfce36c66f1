using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.State;

/// <summary>Messages that become records of the log when they are due.</summary>
internal sealed class TimerTable(Connection connection)
{
    private Statement Insert => field ??= connection.Prepare("""
        INSERT INTO timers(token, grp, topic, part, due, key, record) VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
        grp = excluded.grp, topic = excluded.topic, part = excluded.part, due = excluded.due, key = excluded.key, record = excluded.record
        """);

    private Statement Delete => field ??= connection.Prepare("DELETE FROM timers WHERE token = ?");

    private Statement Due => field ??= connection.Prepare(
        "SELECT token, due, record FROM timers WHERE grp = ? AND topic = ? AND part = ? ORDER BY due LIMIT ?");

    /// <summary>Sets a timer, or moves the one with this token.</summary>
    public void Write(TimerWrite write, string group, PartitionId partition) =>
        Insert.Add(write.Token).Add(group).Add(partition.Topic).Add(partition.Number).Add(write.DueMs).Add(write.Message.Key)
            .Add(RecordCodec.WriteWhere(write.Message)).Run();

    public void Remove(Guid token) => Delete.Add(token).Run();

    public List<TimerWrite> FindDue(string group, PartitionId partition, long nowMs, int limit, out long? next)
    {
        next = null;
        var due = new List<TimerWrite>();
        var rows = Due.Add(group).Add(partition.Topic).Add(partition.Number).Add(limit + 1);
        while (rows.Step())
        {
            var at = rows.Int64(1);
            if (at > nowMs || due.Count == limit)
            {
                next = at;
                rows.Reset();
                break;
            }

            due.Add(Read(rows));
        }

        return due;
    }

    public List<TimerWrite> OfKey(string key, int limit)
    {
        var found = new List<TimerWrite>();
        var rows = connection["SELECT token, due, record FROM timers WHERE key = ? ORDER BY due LIMIT ?"].Add(key).Add(limit);
        while (rows.Step())
        {
            found.Add(Read(rows));
        }

        return found;
    }

    public TimerWrite? Find(Guid token)
    {
        var rows = connection["SELECT token, due, record FROM timers WHERE token = ?"].Add(token);
        if (!rows.Step())
        {
            return null;
        }

        var found = Read(rows);
        rows.Reset();
        return found;
    }

    public List<TimerWrite> Of(string group, PartitionId partition, (long DueMs, Guid Token)? after, int limit)
    {
        var (due, token) = after ?? (long.MinValue, Guid.Empty);
        var found = new List<TimerWrite>();
        var rows = connection["SELECT token, due, record FROM timers WHERE grp = ? AND topic = ? AND part = ? AND due >= ? AND (due, token) > (?, ?) ORDER BY due, token LIMIT ?"]
            .Add(group).Add(partition.Topic).Add(partition.Number).Add(due).Add(due).Add(token).Add(limit);
        while (rows.Step())
        {
            found.Add(Read(rows));
        }

        return found;
    }

    private static TimerWrite Read(Statement row) => new(row.Guid(0), row.Int64(1), RecordCodec.ReadWhere(row.Bytes(2)));
}
