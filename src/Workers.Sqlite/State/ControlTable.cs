using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.State;

/// <summary>What concerns every worker, under one version.</summary>
internal sealed class ControlTable(Connection connection)
{
    private const string Columns = "kind, name, version, at, data";

    public long Version() => connection["SELECT version FROM control_version"].RunReturning();

    public void Write(IReadOnlyList<ControlWrite> writes, long version)
    {
        connection["UPDATE control_version SET version = ?"].Add(version).Run();
        foreach (var write in writes)
        {
            connection[$"INSERT OR REPLACE INTO control({Columns}) VALUES(?, ?, ?, ?, ?)"]
                .Add(write.Kind).Add(write.Name).Add(version).Add(write.AtMs).Add(write.Data).Run();
        }
    }

    public void Remove(ControlName done) => connection["DELETE FROM control WHERE kind = ? AND name = ?"].Add(done.Kind).Add(done.Name).Run();

    public List<ControlRow> After(long version)
    {
        var found = new List<ControlRow>();
        var rows = connection[$"SELECT {Columns} FROM control WHERE version > ? ORDER BY version, kind, name"].Add(version);
        while (rows.Step())
        {
            found.Add(Read(rows));
        }

        return found;
    }

    public ControlRow? Find(string kind, string name)
    {
        var rows = connection[$"SELECT {Columns} FROM control WHERE kind = ? AND name = ?"].Add(kind).Add(name);
        if (!rows.Step())
        {
            return null;
        }

        var row = Read(rows);
        rows.Reset();
        return row;
    }

    private static ControlRow Read(Statement row) =>
        new(row.Text(0), row.Text(1), row.Int64(2), row.Int64(3), row.IsNull(4) ? null : row.Array(4));
}
