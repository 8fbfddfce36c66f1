using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.State;

/// <summary>How far each group has read each partition. Moving it is a compare-and-set on turn and epoch.</summary>
internal sealed class PositionTable(Connection connection)
{
    private const string Columns = "off, turn, epoch, clean, out_seq, probe_off, probe_starts";

    private Statement Update => field ??= connection.Prepare("""
        UPDATE positions SET off = ?, out_seq = ?, probe_off = ?, probe_starts = ?, turn = turn + 1
        WHERE grp = ? AND topic = ? AND part = ? AND turn = ? AND epoch = ?
        """);

    /// <summary>False: it stands at another turn or epoch, and nothing was written.</summary>
    public bool Move(PositionMove move) =>
        Update.Add(move.Offset).Add(move.OutSeq).Add(move.ProbeOffset).Add(move.ProbeStarts)
            .Add(move.Group).Add(move.Partition.Topic).Add(move.Partition.Number).Add(move.Turn).Add(move.Epoch)
            .RunCounting() == 1;

    /// <summary>All or none: false where one of them did not match; what was moved must then be undone.</summary>
    public bool Move(IReadOnlyList<PositionMove> moves) => moves.All(Move);

    public PositionRow Take(string group, PartitionId partition)
    {
        if (Find(group, partition) is not { } row)
        {
            row = new PositionRow(0, 0, 1, true, 0, -1, 0);
            connection[$"INSERT INTO positions(grp, topic, part, {Columns}) VALUES(?, ?, ?, 0, 0, 1, 0, 0, -1, 0)"]
                .Add(group).Add(partition.Topic).Add(partition.Number).Run();
            return row;
        }

        connection["UPDATE positions SET epoch = epoch + 1, clean = 0 WHERE grp = ? AND topic = ? AND part = ?"]
            .Add(group).Add(partition.Topic).Add(partition.Number).Run();
        return row with { Epoch = row.Epoch + 1 };
    }

    public PositionRow? Reclaim(string group, PartitionId partition, long epoch)
    {
        var ours = connection["UPDATE positions SET epoch = epoch + 1 WHERE grp = ? AND topic = ? AND part = ? AND epoch = ?"]
            .Add(group).Add(partition.Topic).Add(partition.Number).Add(epoch).RunCounting() == 1;
        return ours ? Find(group, partition) : null;
    }

    public void Release(string group, PartitionId partition, long epoch) =>
        connection["UPDATE positions SET clean = 1 WHERE grp = ? AND topic = ? AND part = ? AND epoch = ?"]
            .Add(group).Add(partition.Topic).Add(partition.Number).Add(epoch).Run();

    public bool Set(string group, PartitionId partition, long offset) =>
        connection["UPDATE positions SET off = ?, probe_off = -1, probe_starts = 0, turn = turn + ? WHERE grp = ? AND topic = ? AND part = ?"]
            .Add(offset).Add(PositionRow.TurnsApart).Add(group).Add(partition.Topic).Add(partition.Number).RunCounting() == 1;

    public PositionRow? Find(string group, PartitionId partition)
    {
        var rows = connection[$"SELECT {Columns} FROM positions WHERE grp = ? AND topic = ? AND part = ?"]
            .Add(group).Add(partition.Topic).Add(partition.Number);
        if (!rows.Step())
        {
            return null;
        }

        var row = Read(rows, 0);
        rows.Reset();
        return row;
    }

    public List<(string Group, PartitionId Partition, PositionRow Row)> All()
    {
        var all = new List<(string, PartitionId, PositionRow)>();
        var rows = connection[$"SELECT grp, topic, part, {Columns} FROM positions"];
        while (rows.Step())
        {
            all.Add((rows.Text(0), new PartitionId(rows.Text(1), rows.Int32(2)), Read(rows, 3)));
        }

        return all;
    }

    private static PositionRow Read(Statement row, int at) => new(
        row.Int64(at), row.Int64(at + 1), row.Int64(at + 2), row.Int64(at + 3) != 0, row.Int64(at + 4), row.Int64(at + 5), row.Int32(at + 6));
}
