using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>What became of commands, by record id. UUIDv7 ids lie in the order of time, so new rows meet on the last pages.</summary>
internal static class OutcomeTable
{
    private const string Columns = "state, alias_of, attempts, status, started, completed, topic, part, off, body, id";

    /// <summary>Throws <see cref="FlushFailedException"/> where a new one is there already, or the one to finish is missing or final.</summary>
    public static void Write(IWrites target, List<OutcomeWrite> writes)
    {
        var added = writes.FindAll(w => !w.Finishes).ConvertAll(w => w.Outcome);

        // Nothing is changed where the id is there, so that the count tells.
        if (!target.Insert(
            $"INSERT INTO outcomes({Columns})", 11, "ON DUPLICATE KEY UPDATE id = id", added, added.Count, o => o.Body.Length + 128, Bind))
        {
            ((Session)target).Rollback();
            throw Refused((Session)target, added);
        }

        foreach (var outcome in writes.Where(w => w.Finishes).Select(w => w.Outcome))
        {
            Finish(target, outcome);
        }
    }

    public static void Find(Session session, IReadOnlyCollection<Guid> ids, IDictionary<Guid, Outcome> found) =>
        session.InLists($"SELECT {Columns} FROM outcomes WHERE id IN (", [.. ids], null, (s, id) => s.Add(id), s => s.Read(r => found[r.Guid(10)] = Read(r)));

    /// <summary>
    /// Forgets outcomes of commands that were accepted and have ended earlier, looking at so many; none that are open (SCHEDULED, RUNNING) or on the dead-letter desk. The number
    /// forgotten, and the last id that was looked at, from which the next call goes on.
    /// </summary>
    public static (int Deleted, Guid Last) Trim(Session session, Guid after, long beforeMs, int limit)
    {
        var seen = session["SELECT id, (state IN (4, 5, 6, 7) OR alias_of IS NOT NULL) AND completed < ? FROM outcomes WHERE id > ? AND id < ? ORDER BY id LIMIT ?"]
            .Add(beforeMs).Add(after).Add(Ids.First(beforeMs)).Add(limit).Read(r => (Id: r.Guid(0), Old: r.Int64(1) != 0));
        var deleted = 0;
        session.InLists(
            "DELETE FROM outcomes WHERE id IN (", seen.FindAll(s => s.Old), null, (s, one) => s.Add(one.Id), s => deleted += s.Run());
        return (deleted, seen.Count == 0 ? after : seen[^1].Id);
    }

    private static void Finish(IWrites target, Outcome outcome)
    {
        // 5, 6 and 7 (FAILED, CANCELLED, UNDONE) stay for ever.
        if (target.Run(
            """
            UPDATE outcomes SET state = ?, alias_of = ?, attempts = ?, status = ?, started = ?, completed = ?, topic = ?, part = ?, off = ?, body = ?
            WHERE id = ? AND state NOT IN (5, 6, 7)
            """, 1, v => Bind(v, outcome)))
        {
            return;
        }

        // An outcome written again as it stands counts as not changed.
        var session = (Session)target;
        if (session["SELECT state FROM outcomes WHERE id = ? AND state NOT IN (5, 6, 7) FOR UPDATE"].Add(outcome.Id).Read(r => r.Int32(0)).Count == 0)
        {
            throw Refused(session, [outcome]);
        }
    }

    private static void Bind(IValues values, Outcome outcome) => values
        .Add((long)outcome.State).Add(outcome.AliasOf).Add(outcome.Attempts).Add(outcome.Status).Add(outcome.StartedMs).Add(outcome.StoredMs)
        .Add(outcome.Partition.Topic).Add(outcome.Partition.Number).Add(outcome.Offset).Add(outcome.Body).Add(outcome.Id);

    private static FlushFailedException Refused(Session session, List<Outcome> wanted)
    {
        var found = new Dictionary<Guid, Outcome>();
        if (session.IsOpen)
        {
            Find(session, [.. wanted.Select(o => o.Id)], found);
        }

        // None is there: an id was written twice by this flush.
        var wrong = wanted.Find(o => found.ContainsKey(o.Id)) ?? wanted.GroupBy(o => o.Id).FirstOrDefault(g => g.Count() > 1)?.First() ?? wanted[0];
        return new FlushFailedException(
            $"The outcome of {wrong.Id} cannot be written as {wrong.State}: "
            + (found.TryGetValue(wrong.Id, out var there) ? $"it is there as {there.State}." : "there is none that it could finish, or it is written twice."));
    }

    private static Outcome Read(Row row) => Outcome.Stored(
        row.Guid(10), (CommandState)row.Int32(0), row.GuidOrNull(1), row.Int32(2), row.Int32(3), row.Int64(4), row.Int64(5),
        new PartitionId(row.Text(6), row.Int32(7)), row.Int64(8), row.Bytes(9));
}
