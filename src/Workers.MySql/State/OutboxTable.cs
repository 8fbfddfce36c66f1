using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>What flushes send, and what was taken of it: <see cref="IOutboxStore"/>, <see cref="SeenShard"/>.</summary>
internal static class OutboxTable
{
    /// <summary>One batch a flush; a row more for each so many bytes of records that it sends, since the server bounds a row.</summary>
    public static void Write(Session session, PositionMove position, List<LogRecord> outgoing)
    {
        var (start, bytes) = (0, 0L);
        for (var i = 0; i < outgoing.Count; i++)
        {
            bytes += RecordCodec.MaxLength(outgoing[i]);
            var last = i == outgoing.Count - 1;
            if (last || bytes + RecordCodec.MaxLength(outgoing[i + 1]) > session.Server.StatementBytes)
            {
                session["INSERT INTO outbox(grp, topic, part, seq, data) VALUES(?, ?, ?, ?, ?)"].Of(position.Group, position.Partition)
                    .Add(position.OutSeq - (outgoing.Count - 1 - i)).Add(OutboxCodec.Write(outgoing[start..(i + 1)])).Run();
                (start, bytes) = (i + 1, 0);
            }
        }
    }

    public static void Remove(Session session, PositionMove position, long sent) =>
        session["DELETE FROM outbox WHERE grp = ? AND topic = ? AND part = ? AND seq <= ?"].Of(position.Group, position.Partition).Add(sent).Run();

    public static void Write(Session session, PositionMove position, List<SeenShard> seen) =>
        session.Insert(
            "INSERT INTO seen(grp, topic, part, shard, seq)", 5, "ON DUPLICATE KEY UPDATE seq = VALUES(seq)", seen, _ => 512,
            (s, one) => s.Of(position.Group, position.Partition).Add(one.Shard).Add(one.Seq));

    public static List<OutboxBatch> After(Session session, string group, PartitionId partition, long seq, int limit) =>
        session["SELECT seq, data FROM outbox WHERE grp = ? AND topic = ? AND part = ? AND seq > ? ORDER BY seq LIMIT ?"].Of(group, partition).Add(seq).Add(limit)
            .Read(r => new OutboxBatch(r.Int64(0), OutboxCodec.Read(r.Bytes(1))));

    public static List<SeenShard> Seen(Session session, string group, PartitionId partition) =>
        session["SELECT shard, seq FROM seen WHERE grp = ? AND topic = ? AND part = ?"].Of(group, partition)
            .Read(r => new SeenShard(r.Text(0), r.Int64(1)));
}
