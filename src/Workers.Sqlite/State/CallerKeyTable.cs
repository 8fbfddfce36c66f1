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

    /// <summary>Forgets keys that are older, at most so many. The number forgotten.</summary>
    public int Trim(long beforeMs, int limit) =>
        connection["DELETE FROM caller_keys WHERE hash IN (SELECT hash FROM caller_keys WHERE at < ? ORDER BY at LIMIT ?)"].Add(beforeMs).Add(limit).RunCounting();

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
