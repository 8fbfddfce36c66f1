using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>Records set aside by the pump of their group and partition.</summary>
internal static class ParkedTable
{
    private const string Columns = "ord, attempts, due, first, reason, error_type, error, record";

    public static void Write(IWrites target, List<ParkedRow> writes, string group, PartitionId partition)
    {
        var rows = writes.ConvertAll(w => (Row: w, Record: RecordCodec.WriteWhere(w.Record)));
        target.Insert(
            $"INSERT INTO parked(grp, topic, part, {Columns})", 11,
            """
            ON DUPLICATE KEY UPDATE attempts = VALUES(attempts), due = VALUES(due), first = VALUES(first), reason = VALUES(reason),
            error_type = VALUES(error_type), error = VALUES(error), record = VALUES(record)
            """,
            rows, null, r => r.Record.Length + ((r.Row.Error?.Length ?? 0) * 3) + 256,
            (v, r) => v.Of(group, partition).Add(r.Row.Order).Add(r.Row.Attempts).Add(r.Row.DueMs).Add(r.Row.FirstMs).Add(r.Row.Reason).Add(r.Row.ErrorType)
                .Add(r.Row.Error).Add(r.Record));
    }

    public static void Remove(IWrites target, List<long> orders, string group, PartitionId partition) =>
        target.InLists(
            "DELETE FROM parked WHERE grp = ? AND topic = ? AND part = ? AND ord IN (", orders, v => v.Of(group, partition), (v, order) => v.Add(order));

    public static List<ParkedRow> Of(Session session, string group, PartitionId partition, long afterOrder, int limit) =>
        session[$"SELECT {Columns} FROM parked WHERE grp = ? AND topic = ? AND part = ? AND ord > ? ORDER BY ord LIMIT ?"]
            .Of(group, partition).Add(afterOrder).Add(limit).Read(Read);

    public static List<T> Of<T>(Session session, string group, int limit, Func<PartitionId, ParkedRow, T> make) =>
        session[$"SELECT {Columns}, topic, part FROM parked WHERE grp = ? ORDER BY topic, part, ord LIMIT ?"].Add(group).Add(limit)
            .Read(r => make(new PartitionId(r.Text(8), r.Int32(9)), Read(r)));

    private static ParkedRow Read(Row row) => new(
        row.Int64(0), RecordCodec.ReadWhere(row.Bytes(7)), row.Int32(1), row.Int64(2), row.Int64(3), row.TextOrNull(4), row.TextOrNull(5),
        row.TextOrNull(6));
}
