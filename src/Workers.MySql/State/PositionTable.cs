using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>How far each group has read each partition. Moving it is a compare-and-set on turn and epoch, and holds the partition until the end of the transaction.</summary>
internal static class PositionTable
{
    private const string Columns = "off, turn, epoch, clean, out_seq, probe_off, probe_starts";

    private const string Update = """
        UPDATE positions SET off = ?, out_seq = ?, probe_off = ?, probe_starts = ?, turn = turn + 1
        WHERE grp = ? AND topic = ? AND part = ? AND turn = ? AND epoch = ?
        """;

    // In the same statement, which costs no round trip; nobody moves the version before this transaction ends.
    private const string UpdateUnder = Update + " AND (SELECT version FROM control_version WHERE id = 1 LOCK IN SHARE MODE) = ?";

    /// <summary>False: it stands at another turn or epoch, or the control version is another one.</summary>
    public static bool Move(IWrites writes, PositionMove move, long control) => control == Flush.AnyControl
        ? writes.Run(Update, 1, v => Of(v, move))
        : writes.Run(UpdateUnder, 1, v => Of(v, move).Add(control));

    public static PositionRow Take(Session session, string group, PartitionId partition)
    {
        // The row is there and ours to the end of the transaction, whoever else takes it now.
        session[$"INSERT INTO positions(grp, topic, part, {Columns}) VALUES(?, ?, ?, 0, 0, 0, 1, 0, -1, 0) ON DUPLICATE KEY UPDATE epoch = epoch"]
            .Of(group, partition).Run();
        var row = session[$"SELECT {Columns} FROM positions WHERE grp = ? AND topic = ? AND part = ? FOR UPDATE"].Of(group, partition).First(r => Read(r, 0))!;
        session["UPDATE positions SET epoch = epoch + 1, clean = 0 WHERE grp = ? AND topic = ? AND part = ?"].Of(group, partition).Run();
        return row with { Epoch = row.Epoch + 1 };
    }

    /// <summary>Waits for a transaction that holds the row: whatever has begun is written before, or never.</summary>
    public static PositionRow? Reclaim(Session session, string group, PartitionId partition, long epoch)
    {
        var ours = session["UPDATE positions SET epoch = epoch + 1 WHERE grp = ? AND topic = ? AND part = ? AND epoch = ?"].Of(group, partition).Add(epoch).Run() == 1;
        return ours ? Find(session, group, partition) : null;
    }

    public static void Release(Session session, string group, PartitionId partition, long epoch) =>
        session["UPDATE positions SET clean = 1 WHERE grp = ? AND topic = ? AND part = ? AND epoch = ?"].Of(group, partition).Add(epoch).Run();

    public static bool Set(Session session, string group, PartitionId partition, long offset) =>
        session["UPDATE positions SET off = ?, probe_off = -1, probe_starts = 0, turn = turn + ? WHERE grp = ? AND topic = ? AND part = ?"]
            .Add(offset).Add(PositionRow.TurnsApart).Of(group, partition).Run() == 1;

    public static PositionRow? Find(Session session, string group, PartitionId partition) =>
        session[$"SELECT {Columns} FROM positions WHERE grp = ? AND topic = ? AND part = ?"].Of(group, partition).First(r => Read(r, 0));

    public static List<(string Group, PartitionId Partition, PositionRow Row)> All(Session session) =>
        session[$"SELECT grp, topic, part, {Columns} FROM positions"].Read(r => (r.Text(0), new PartitionId(r.Text(1), r.Int32(2)), Read(r, 3)));

    /// <summary>Adds group, topic and partition.</summary>
    public static Statement Of(this Statement statement, string group, PartitionId partition) =>
        statement.Add(group).Add(partition.Topic).Add(partition.Number);

    public static IValues Of(this IValues values, string group, PartitionId partition) =>
        values.Add(group).Add(partition.Topic).Add(partition.Number);

    private static IValues Of(IValues values, PositionMove move) =>
        values.Add(move.Offset).Add(move.OutSeq).Add(move.ProbeOffset).Add(move.ProbeStarts).Of(move.Group, move.Partition).Add(move.Turn).Add(move.Epoch);

    private static PositionRow Read(Row row, int at) => new(
        row.Int64(at), row.Int64(at + 1), row.Int64(at + 2), row.Int64(at + 3) != 0, row.Int64(at + 4), row.Int64(at + 5), row.Int32(at + 6));
}
