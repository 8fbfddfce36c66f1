using Workers.Engine.Projections;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.ReadModels;

/// <summary>Read models that somebody has saved, beside those that events make.</summary>
internal sealed class SavedModelTable(Connection connection)
{
    private const string Columns = "type, id, version, deleted, created, updated, data";

    public void Write(SavedModel model)
    {
        if (model.Deleted && connection["SELECT count(*) FROM read_models WHERE type = ? AND id = ?"].Add(model.Type).Add(model.Id).RunReturning() == 0)
        {
            connection["DELETE FROM saved_models WHERE type = ? AND id = ?"].Add(model.Type).Add(model.Id).Run();
            return;
        }

        connection[$"""
            INSERT INTO saved_models({Columns}) VALUES(?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET created = CASE WHEN deleted THEN excluded.created ELSE created END,
                version = excluded.version, deleted = excluded.deleted, updated = excluded.updated, data = excluded.data
            """].Add(model.Type).Add(model.Id).Add(model.Version).Add(model.Deleted).Add(model.CreatedMs).Add(model.UpdatedMs).Add(model.Data).Run();
    }

    /// <summary>What events make of it is shown again.</summary>
    public void Restore(string type, string id) =>
        connection["DELETE FROM saved_models WHERE type = ? AND id = ? AND deleted = 1"].Add(type).Add(id).Run();

    public SavedModel? Find(string type, string id) =>
        Read(connection[$"SELECT {Columns} FROM saved_models WHERE type = ? AND id = ?"].Add(type).Add(id)).FirstOrDefault();

    public List<SavedModel> List(string type, int limit, (long CreatedMs, string Id)? after)
    {
        var where = new Conditions().Add("type = ?", type).Add("deleted = 0");
        if (after is { } place)
        {
            where.Add("(created, id) < (?, ?)", place.CreatedMs, place.Id);
        }

        return Read(where.AddTo(connection[$"SELECT {Columns} FROM saved_models {where} ORDER BY created DESC, id DESC LIMIT ?"]).Add(limit));
    }

    /// <summary>How many are gone; what only hides stays.</summary>
    public long Keep(int newest)
    {
        connection["""
            DELETE FROM saved_models WHERE deleted = 0 AND (updated, type, id) <= (
                SELECT updated, type, id FROM saved_models WHERE deleted = 0 ORDER BY updated DESC, type DESC, id DESC LIMIT 1 OFFSET ?)
            """].Add(newest).Run();
        return connection["SELECT changes()"].RunReturning();
    }

    /// <summary>What is shown, by type.</summary>
    public Dictionary<string, long> CountShown()
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var rows = connection["""
            SELECT type, count(*) FROM read_models WHERE deleted = 0 GROUP BY type
            UNION ALL
            SELECT s.type, sum(CASE WHEN s.deleted = 0 AND m.id IS NULL THEN 1 WHEN s.deleted = 1 AND m.id IS NOT NULL AND m.version <= s.version THEN -1 ELSE 0 END)
            FROM saved_models s LEFT JOIN read_models m ON m.type = s.type AND m.id = s.id AND m.deleted = 0 GROUP BY s.type
            """];
        while (rows.Step())
        {
            counts[rows.Text(0)] = counts.GetValueOrDefault(rows.Text(0)) + rows.Int64(1);
        }

        return counts;
    }

    private static List<SavedModel> Read(Statement rows)
    {
        var found = new List<SavedModel>();
        while (rows.Step())
        {
            found.Add(new SavedModel(rows.Text(0), rows.Text(1), rows.Int64(2), rows.Int64(3) != 0, rows.Int64(4), rows.Int64(5), rows.Array(6)));
        }

        return found;
    }
}
