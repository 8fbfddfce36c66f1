using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.Audit;

/// <summary>The heads of chains: they are never deleted.</summary>
internal sealed class AuditHeads(Connection connection)
{
    private const string Columns = "day, topic, part, hash, entries, previous, trimmed";

    private Statement One => field ??= connection.Prepare($"SELECT {Columns} FROM audit_heads WHERE day = ? AND topic = ? AND part = ?");

    private Statement Update => field ??= connection.Prepare("UPDATE audit_heads SET entries = ?, hash = ? WHERE day = ? AND topic = ? AND part = ?");

    // The rows lie by day, so that the one before is found among the last.
    private Statement Insert => field ??= connection.Prepare("""
        INSERT INTO audit_heads(entries, hash, day, topic, part, previous)
        VALUES(?1, ?2, ?3, ?4, ?5, (SELECT day FROM audit_heads WHERE day < ?3 AND topic = ?4 AND part = ?5 ORDER BY day DESC LIMIT 1))
        """);

    public AuditHead Find(int day, PartitionId partition)
    {
        var rows = One.Add(day).Add(partition.Topic).Add(partition.Number);
        var head = rows.Step() ? Read(rows) : AuditHead.New(day, partition);
        rows.Reset();
        return head;
    }

    public void Save(AuditHead head) =>
        (head.IsStored ? Update : Insert).Add(head.Entries).Add(head.Hash).Add(head.Day).Add(head.Partition.Topic).Add(head.Partition.Number).Run();

    public Dictionary<(int Day, PartitionId Partition), AuditHead> All()
    {
        var heads = new Dictionary<(int, PartitionId), AuditHead>();
        var rows = connection[$"SELECT {Columns} FROM audit_heads"];
        while (rows.Step())
        {
            var head = Read(rows);
            heads.Add((head.Day, head.Partition), head);
        }

        return heads;
    }

    /// <summary>Those that retention has not taken, by day.</summary>
    public List<AuditDay> Days()
    {
        var days = new List<AuditDay>();
        var rows = connection["SELECT day, sum(entries) FROM audit_heads WHERE trimmed = 0 GROUP BY day"];
        while (rows.Step())
        {
            days.Add(new AuditDay(rows.Int32(0), rows.Int64(1)));
        }

        return days;
    }

    /// <summary>From now on the entries of the days before that one may be deleted, and none comes to them.</summary>
    public void Trim(int beforeDay) => connection["UPDATE audit_heads SET trimmed = 1 WHERE day < ? AND trimmed = 0"].Add(beforeDay).Run();

    private static AuditHead Read(Statement row) => new(
        row.Int32(0), new PartitionId(row.Text(1), row.Int32(2)), row.Array(3), row.Int64(4), row.IsNull(5) ? null : row.Int32(5), row.Int32(6) == 1, IsStored: true);
}
