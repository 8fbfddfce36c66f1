using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>What concerns every worker, under one version.</summary>
internal static class ControlTable
{
    private const string Columns = "kind, name, version, at, data";

    public static long Version(Session session) => session["SELECT version FROM control_version WHERE id = 1"].Read(r => r.Int64(0))[0];

    /// <summary>
    /// Holds the version alone from here to the end of the transaction: flushes that were decided under the one before are committed by now, or find the
    /// new one. False where one of the commands has an outcome.
    /// </summary>
    public static bool Write(Session session, List<ControlWrite> writes, List<Guid> unfinished)
    {
        session["UPDATE control_version SET version = version + 1 WHERE id = 1"].Run();
        var outcomes = new Dictionary<Guid, Outcome>();
        OutcomeTable.Find(session, unfinished, outcomes);
        if (outcomes.Values.Any(outcome => outcome.State != CommandState.Scheduled))
        {
            return false;
        }

        var version = Version(session);
        foreach (var write in writes)
        {
            session[$"INSERT INTO control({Columns}) VALUES(?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE version = VALUES(version), at = VALUES(at), data = VALUES(data)"]
                .Add(write.Kind).AddUtf8(write.Name).Add(version).Add(write.AtMs).Add(write.Data).Run();
        }

        return true;
    }

    public static void Remove(IWrites target, List<ControlName> done)
    {
        foreach (var row in done)
        {
            target.Run("DELETE FROM control WHERE kind = ? AND name = ?", null, v => v.Add(row.Kind).AddUtf8(row.Name));
        }
    }

    public static List<ControlRow> After(Session session, long version) =>
        session[$"SELECT {Columns} FROM control WHERE version > ? ORDER BY version, kind, name"].Add(version).Read(Read);

    public static ControlRow? Find(Session session, string kind, string name) =>
        session[$"SELECT {Columns} FROM control WHERE kind = ? AND name = ?"].Add(kind).AddUtf8(name).First(Read);

    private static ControlRow Read(Row row) => new(row.Text(0), row.Utf8(1), row.Int64(2), row.Int64(3), row.BytesOrNull(4));
}
