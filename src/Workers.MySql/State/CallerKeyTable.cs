using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>Callers' keys → the first command that came with them.</summary>
internal static class CallerKeyTable
{
    /// <summary>False where another command has one of the keys.</summary>
    public static bool Write(IWrites target, List<CallerKeyWrite> writes)
    {
        var rows = writes.OrderBy(w => w.Hash.ToByteArray(bigEndian: true), Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b))).ToList();
        if (target.Insert(
            "INSERT INTO caller_keys(hash, command_id, fingerprint, at)", 4, "ON DUPLICATE KEY UPDATE hash = hash", rows, rows.Count, _ => 128,
            (v, w) => v.Add(w.Hash).Add(w.CommandId).Add(w.Fingerprint).Add(w.AtMs)))
        {
            return true;
        }

        var found = new Dictionary<Guid, CallerKeyWrite>();
        Find((Session)target, [.. rows.Select(w => w.Hash)], found);
        return rows.TrueForAll(w => found[w.Hash].CommandId == w.CommandId);
    }

    public static void Find(Session session, IReadOnlyCollection<Guid> hashes, IDictionary<Guid, CallerKeyWrite> found) =>
        session.InLists(
            "SELECT hash, command_id, fingerprint, at FROM caller_keys WHERE hash IN (", [.. hashes], null, (s, hash) => s.Add(hash),
            s => s.Read(r => found[r.Guid(0)] = new CallerKeyWrite(r.Guid(0), r.Guid(1), r.Bytes(2), r.Int64(3))));

    /// <summary>Forgets keys that are older, at most so many. The number forgotten.</summary>
    public static int Trim(Session session, long beforeMs, int limit) =>
        session["DELETE FROM caller_keys WHERE at < ? ORDER BY at LIMIT ?"].Add(beforeMs).Add(limit).Run();
}
