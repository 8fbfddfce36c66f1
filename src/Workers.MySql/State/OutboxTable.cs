using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>What flushes send, and what was taken of it: <see cref="IOutboxStore"/>, <see cref="SeenShard"/>.</summary>
internal static class OutboxTable
{
    /// <summary>One batch a flush; a row more for each so many bytes of records that it sends, since the server bounds a row.</summary>
    public static void Write(IWrites target, PositionMove position, List<LogRecord> outgoing, long rowBytes)
    {
        var (start, bytes) = (0, 0L);
        for (var i = 0; i < outgoing.Count; i++)
        {
            bytes += RecordCodec.MaxLength(outgoing[i]);
            var last = i == outgoing.Count - 1;
            if (last || bytes + RecordCodec.MaxLength(outgoing[i + 1]) > rowBytes)
            {
                var (seq, data) = (position.OutSeq - (outgoing.Count - 1 - i), OutboxCodec.Write(outgoing[start..(i + 1)]));
                target.Run(
                    "INSERT INTO outbox(grp, topic, part, seq, data) VALUES(?, ?, ?, ?, ?)", 1,
                    v => v.Of(position.Group, position.Partition).Add(seq).Add(data));
                (start, bytes) = (i + 1, 0);
            }
        }
    }

    public static void Remove(IWrites target, PositionMove position, long sent) => target.Run(
        "DELETE FROM outbox WHERE grp = ? AND topic = ? AND part = ? AND seq <= ?", null, v => v.Of(position.Group, position.Partition).Add(sent));

    public static void Write(IWrites target, PositionMove position, List<SeenShard> seen) =>
        target.Insert(
            "INSERT INTO seen(grp, topic, part, shard, seq)", 5, "ON DUPLICATE KEY UPDATE seq = VALUES(seq)", seen, null, _ => 512,
            (v, one) => v.Of(position.Group, position.Partition).Add(one.Shard).Add(one.Seq));

    public static List<OutboxBatch> After(Session session, string group, PartitionId partition, long seq, int limit) =>
        session["SELECT seq, data FROM outbox WHERE grp = ? AND topic = ? AND part = ? AND seq > ? ORDER BY seq LIMIT ?"].Of(group, partition).Add(seq).Add(limit)
            .Read(r => new OutboxBatch(r.Int64(0), OutboxCodec.Read(r.Bytes(1))));

    public static List<SeenShard> Seen(Session session, string group, PartitionId partition) =>
        session["SELECT shard, seq FROM seen WHERE grp = ? AND topic = ? AND part = ?"].Of(group, partition)
            .Read(r => new SeenShard(r.Text(0), r.Int64(1)));
}
