using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.State;

/// <summary>Records set aside by the pump of their group and partition.</summary>
internal sealed class ParkedTable(Connection connection)
{
    private const string Columns = "ord, attempts, due, first, reason, error_type, error, record";

    private Statement Replace => field ??= connection.Prepare(
        $"INSERT OR REPLACE INTO parked(grp, topic, part, {Columns}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

    private Statement Delete => field ??= connection.Prepare("DELETE FROM parked WHERE grp = ? AND topic = ? AND part = ? AND ord = ?");

    public void Write(ParkedRow row, string group, PartitionId partition) =>
        Replace.Add(group).Add(partition.Topic).Add(partition.Number).Add(row.Order).Add(row.Attempts).Add(row.DueMs).Add(row.FirstMs)
            .Add(row.Reason).Add(row.ErrorType).Add(row.Error).Add(RecordCodec.WriteWhere(row.Record)).Run();

    public void Remove(long order, string group, PartitionId partition) =>
        Delete.Add(group).Add(partition.Topic).Add(partition.Number).Add(order).Run();

    public List<ParkedRow> Of(string group, PartitionId partition, long afterOrder, int limit)
    {
        var found = new List<ParkedRow>();
        var rows = connection[$"SELECT {Columns} FROM parked WHERE grp = ? AND topic = ? AND part = ? AND ord > ? ORDER BY ord LIMIT ?"]
            .Add(group).Add(partition.Topic).Add(partition.Number).Add(afterOrder).Add(limit);
        while (rows.Step())
        {
            found.Add(Read(rows));
        }

        return found;
    }

    public List<T> Of<T>(string group, int limit, Func<PartitionId, ParkedRow, T> make)
    {
        var found = new List<T>();
        var rows = connection[$"SELECT {Columns}, topic, part FROM parked WHERE grp = ? ORDER BY topic, part, ord LIMIT ?"].Add(group).Add(limit);
        while (rows.Step())
        {
            found.Add(make(new PartitionId(rows.Text(8), rows.Int32(9)), Read(rows)));
        }

        return found;
    }

    private static ParkedRow Read(Statement row) => new(
        row.Int64(0), RecordCodec.ReadWhere(row.Bytes(7)), row.Int32(1), row.Int64(2), row.Int64(3), row.TextOrNull(4), row.TextOrNull(5),
        row.TextOrNull(6));
}
