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

    /// <summary>
    /// Forgets keys that are older and whose command has no outcome (any more), looking at so many: who repeats a command that still waits is to be told of it. The number
    /// forgotten, and the last place that was looked at, from which the next call goes on.
    /// </summary>
    public static (int Deleted, CallerKeyPlace Last) Trim(Session session, CallerKeyPlace after, long beforeMs, int limit)
    {
        var seen = session["""
            SELECT at, hash, EXISTS(SELECT 1 FROM outcomes WHERE id = command_id) FROM caller_keys
            WHERE at >= ? AND at < ? AND (at > ? OR hash > ?) ORDER BY at, hash LIMIT ?
            """].Add(after.AtMs).Add(beforeMs).Add(after.AtMs).Add(after.Hash).Add(limit)
            .Read(r => (Place: new CallerKeyPlace(r.Int64(0), r.Guid(1)), HasOutcome: r.Int64(2) != 0));
        var deleted = 0;
        session.InLists(
            "DELETE FROM caller_keys WHERE hash IN (", seen.FindAll(one => !one.HasOutcome), null, (s, one) => s.Add(one.Place.Hash), s => deleted += s.Run());
        return (deleted, seen.Count == 0 ? after : seen[^1].Place);
    }
}
