using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.State;

/// <summary>Values that only one owner may have: e-mail, sku.</summary>
internal sealed class UniqueTable(Connection connection)
{
    private Statement Insert => field ??= connection.Prepare("INSERT INTO uniques(space, value, owner) VALUES(?, ?, ?) ON CONFLICT DO NOTHING");

    private Statement Delete => field ??= connection.Prepare("DELETE FROM uniques WHERE space = ? AND value = ? AND owner = ?");

    private Statement Select => field ??= connection.Prepare("SELECT owner FROM uniques WHERE space = ? AND value = ?");

    /// <summary>False where another owner has the value. Claiming again what one has, or releasing what one has not, changes nothing.</summary>
    public bool Write(UniqueWrite write)
    {
        if (write.Release)
        {
            Delete.Add(write.Space).Add(write.Value).Add(write.Owner).Run();
            return true;
        }

        return Insert.Add(write.Space).Add(write.Value).Add(write.Owner).RunCounting() == 1 || Find(write.Space, write.Value) == write.Owner;
    }

    public string? Find(string space, string value)
    {
        var rows = Select.Add(space).Add(value);
        if (!rows.Step())
        {
            return null;
        }

        var owner = rows.Text(0);
        rows.Reset();
        return owner;
    }
}
