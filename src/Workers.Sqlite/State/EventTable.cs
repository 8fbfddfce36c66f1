using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.State;

/// <summary>Events in the order of their commits; each points back to the one before it in its stream.</summary>
internal sealed class EventTable(Connection connection)
{
    private Statement Insert => field ??= connection.Prepare(
        "INSERT INTO events(seq, stream, version, prev, at, schema, type, command_id, data) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");

    /// <summary>The seq that the next event gets. Events are never deleted, so the last one tells.</summary>
    public long Next()
    {
        var rows = connection["SELECT coalesce(max(seq), 0) + 1 FROM events"];
        rows.Step();
        var next = rows.Int64(0);
        rows.Reset();
        return next;
    }

    public void Write(EventWrite write, long seq)
    {
        var stream = (stackalloc byte[StateKeyCodec.MaxLength(write.Stream)]);
        Insert.Add(seq).Add(stream[..StateKeyCodec.Write(write.Stream, stream)]).Add(write.Version).Add(write.Tail.LastEvent).Add(write.AtMs)
            .Add(write.Schema).Add(write.Type).Add(write.CommandId).Add(write.Data).Run();
    }

    /// <summary>From the stream's last event backwards; in order from <paramref name="fromVersion"/>.</summary>
    public List<EventRow> Read(StateKey stream, long last, long fromVersion, int limit)
    {
        var seqs = new List<long>();
        var back = connection["SELECT version, prev FROM events WHERE seq = ?"];
        while (last > 0 && back.Add(last).Step())
        {
            var (version, previous) = (back.Int64(0), back.Int64(1));
            back.Reset();
            if (version < fromVersion)
            {
                break;
            }

            seqs.Add(last);
            last = previous;
        }

        var events = new List<EventRow>(Math.Min(limit, seqs.Count));
        var row = connection["SELECT version, type, schema, at, command_id, data FROM events WHERE seq = ?"];
        for (var i = seqs.Count - 1; i >= 0 && events.Count < limit; i--)
        {
            row.Add(seqs[i]).Step();
            events.Add(new EventRow(seqs[i], stream, row.Int64(0), row.Text(1), row.Int32(2), row.Int64(3), row.Guid(4), row.Array(5)));
            row.Reset();
        }

        return events;
    }

    /// <summary>Events of all streams after a seq, in order.</summary>
    public List<EventRow> After(long seq, int limit)
    {
        var events = new List<EventRow>();
        var row = connection["SELECT seq, stream, version, type, schema, at, command_id, data FROM events WHERE seq > ? ORDER BY seq LIMIT ?"]
            .Add(seq).Add(limit);
        while (row.Step())
        {
            events.Add(new EventRow(
                row.Int64(0), StateKeyCodec.Read(row.Bytes(1)), row.Int64(2), row.Text(3), row.Int32(4), row.Int64(5), row.Guid(6), row.Array(7)));
        }

        return events;
    }
}
