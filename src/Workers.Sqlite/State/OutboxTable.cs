using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.State;

/// <summary>What flushes send to a log elsewhere, and what was taken of it: <see cref="IOutboxStore"/>, <see cref="SeenShard"/>.</summary>
internal sealed class OutboxTable(Connection connection)
{
    private Statement Insert => field ??= connection.Prepare("INSERT INTO outbox(grp, topic, part, seq, data) VALUES(?, ?, ?, ?, ?)");

    private Statement Delete => field ??= connection.Prepare("DELETE FROM outbox WHERE grp = ? AND topic = ? AND part = ? AND seq <= ?");

    private Statement SetSeen => field ??= connection.Prepare("INSERT OR REPLACE INTO seen(grp, topic, part, shard, seq) VALUES(?, ?, ?, ?, ?)");

    public void Write(PositionMove position, byte[] batch) =>
        Insert.Add(position.Group).Add(position.Partition.Topic).Add(position.Partition.Number).Add(position.OutSeq).Add(batch).Run();

    public void Remove(PositionMove position, long sent) =>
        Delete.Add(position.Group).Add(position.Partition.Topic).Add(position.Partition.Number).Add(sent).Run();

    public void Write(PositionMove position, SeenShard seen) =>
        SetSeen.Add(position.Group).Add(position.Partition.Topic).Add(position.Partition.Number).Add(seen.Shard).Add(seen.Seq).Run();

    public List<OutboxBatch> After(string group, PartitionId partition, long seq, int limit)
    {
        var found = new List<OutboxBatch>();
        var rows = connection["SELECT seq, data FROM outbox WHERE grp = ? AND topic = ? AND part = ? AND seq > ? ORDER BY seq LIMIT ?"]
            .Add(group).Add(partition.Topic).Add(partition.Number).Add(seq).Add(limit);
        while (rows.Step())
        {
            found.Add(new OutboxBatch(rows.Int64(0), OutboxCodec.Read(rows.Bytes(1))));
        }

        return found;
    }

    public List<SeenShard> Seen(string group, PartitionId partition)
    {
        var found = new List<SeenShard>();
        var rows = connection["SELECT shard, seq FROM seen WHERE grp = ? AND topic = ? AND part = ?"]
            .Add(group).Add(partition.Topic).Add(partition.Number);
        while (rows.Step())
        {
            found.Add(new SeenShard(rows.Text(0), rows.Int64(1)));
        }

        return found;
    }
}
