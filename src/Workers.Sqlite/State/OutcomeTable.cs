using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.State;

/// <summary>What became of commands, by record id. UUIDv7 ids lie in the order of time, so new rows meet on the last pages.</summary>
internal sealed class OutcomeTable(Connection connection)
{
    private Statement Insert => field ??= connection.Prepare("""
        INSERT INTO outcomes(state, alias_of, attempts, status, started, completed, topic, part, off, body, id)
        VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """);

    // 5, 6 and 7 (FAILED, CANCELLED, UNDONE) stay for ever.
    private Statement Update => field ??= connection.Prepare("""
        UPDATE outcomes SET state = ?, alias_of = ?, attempts = ?, status = ?, started = ?, completed = ?, topic = ?, part = ?, off = ?, body = ?
        WHERE id = ? AND state NOT IN (5, 6, 7)
        """);

    private Statement Select => field ??= connection.Prepare(
        "SELECT state, alias_of, attempts, status, started, completed, topic, part, off, body FROM outcomes WHERE id = ?");

    /// <summary>Throws <see cref="FlushFailedException"/> where a new one is there already, or the one to finish is missing or final.</summary>
    public void Write(OutcomeWrite write)
    {
        var outcome = write.Outcome;
        var written = (write.Finishes ? Update : Insert).Add((long)outcome.State).Add(outcome.AliasOf).Add(outcome.Attempts).Add(outcome.Status)
            .Add(outcome.StartedMs).Add(outcome.StoredMs).Add(outcome.Partition.Topic).Add(outcome.Partition.Number).Add(outcome.Offset)
            .Add(outcome.Body).Add(outcome.Id).RunCounting();
        if (written == 0)
        {
            throw new FlushFailedException(
                $"The outcome of {outcome.Id} cannot be written as {outcome.State}: "
                + (Find(outcome.Id) is { } found ? $"it is there as {found.State}." : "there is none that it could finish."));
        }
    }

    /// <summary>
    /// Forgets outcomes of commands that were accepted and have ended earlier, looking at so many; none that are open (SCHEDULED, RUNNING) or on the dead-letter desk. The number
    /// forgotten, and the last id that was looked at, from which the next call goes on.
    /// </summary>
    public (int Deleted, Guid Last) Trim(Guid after, long beforeMs, int limit)
    {
        var (old, last) = (new List<Guid>(), after);
        var rows = connection["SELECT id, (state IN (4, 5, 6, 7) OR alias_of IS NOT NULL) AND completed < ? FROM outcomes WHERE id > ? AND id < ? ORDER BY id LIMIT ?"]
            .Add(beforeMs).Add(after).Add(Ids.First(beforeMs)).Add(limit);
        while (rows.Step())
        {
            last = rows.Guid(0);
            if (rows.Int32(1) != 0)
            {
                old.Add(last);
            }
        }

        var delete = connection["DELETE FROM outcomes WHERE id = ?"];
        foreach (var id in old)
        {
            delete.Add(id).Run();
        }

        return (old.Count, last);
    }

    public Outcome? Find(Guid id)
    {
        var rows = Select.Add(id);
        if (!rows.Step())
        {
            return null;
        }

        var outcome = Outcome.Stored(
            id, (CommandState)rows.Int32(0), rows.GuidOrNull(1), rows.Int32(2), rows.Int32(3), rows.Int64(4), rows.Int64(5),
            new PartitionId(TopicNames.Intern(rows.Bytes(6)), rows.Int32(7)), rows.Int64(8), rows.Array(9));
        rows.Reset();
        return outcome;
    }
}
