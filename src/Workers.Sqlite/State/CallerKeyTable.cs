using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.State;

/// <summary>Callers' keys → the first command that came with them.</summary>
internal sealed class CallerKeyTable(Connection connection)
{
    private Statement Insert => field ??= connection.Prepare(
        "INSERT INTO caller_keys(hash, command_id, fingerprint, at) VALUES(?, ?, ?, ?) ON CONFLICT DO NOTHING");

    private Statement Select => field ??= connection.Prepare("SELECT command_id, fingerprint, at FROM caller_keys WHERE hash = ?");

    /// <summary>False where another command has the key.</summary>
    public bool Write(CallerKeyWrite write) =>
        Insert.Add(write.Hash).Add(write.CommandId).Add(write.Fingerprint).Add(write.AtMs).RunCounting() == 1
        || Find(write.Hash)!.CommandId == write.CommandId;

    /// <summary>
    /// Forgets keys that are older and whose command has no outcome (any more), looking at so many: who repeats a command that still waits is to be told of it. The number
    /// forgotten, and the last place that was looked at, from which the next call goes on.
    /// </summary>
    public (int Deleted, CallerKeyPlace Last) Trim(CallerKeyPlace after, long beforeMs, int limit)
    {
        var (old, last) = (new List<Guid>(), after);
        var rows = connection["""
            SELECT at, hash, EXISTS(SELECT 1 FROM outcomes WHERE id = command_id) FROM caller_keys
            WHERE at >= ? AND at < ? AND (at > ? OR hash > ?) ORDER BY at, hash LIMIT ?
            """].Add(after.AtMs).Add(beforeMs).Add(after.AtMs).Add(after.Hash).Add(limit);
        while (rows.Step())
        {
            last = new CallerKeyPlace(rows.Int64(0), rows.Guid(1));
            if (rows.Int32(2) == 0)
            {
                old.Add(last.Hash);
            }
        }

        var delete = connection["DELETE FROM caller_keys WHERE hash = ?"];
        foreach (var hash in old)
        {
            delete.Add(hash).Run();
        }

        return (old.Count, last);
    }

    public CallerKeyWrite? Find(Guid hash)
    {
        var rows = Select.Add(hash);
        if (!rows.Step())
        {
            return null;
        }

        var found = new CallerKeyWrite(hash, rows.Guid(0), rows.Array(1), rows.Int64(2));
        rows.Reset();
        return found;
    }
}
