using System.Text;
using System.Text.Json;
using Workers.Engine.Projections;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.ReadModels;

/// <summary>Read models, the fields by which they are listed, and their searchable text.</summary>
internal sealed class ModelTable(Connection connection)
{
    /// <summary>What <see cref="Read"/> reads, of <c>read_models m</c>.</summary>
    public const string Columns = "m.version, m.deleted, m.created, m.updated, m.data, m.fields, m.id";

    private static readonly Dictionary<string, string> None = [];

    private Statement Stored => field ??= connection.Prepare(
        "SELECT n, version, deleted, created, fields FROM read_models WHERE type = ? AND id = ?");

    private Statement Insert => field ??= connection.Prepare("""
        INSERT INTO read_models(version, deleted, created, updated, fields, numbers, data, state, type, id) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """);

    private Statement Update => field ??= connection.Prepare("""
        UPDATE read_models SET version = ?, deleted = ?, created = ?, updated = ?, fields = ?, numbers = ?, data = ?, state = ? WHERE n = ?
        """);

    private Statement AddField => field ??= connection.Prepare("INSERT INTO read_fields(type, field, value, created, id) VALUES(?, ?, ?, ?, ?)");

    private Statement RemoveField => field ??= connection.Prepare(
        "DELETE FROM read_fields WHERE type = ? AND field = ? AND value = ? AND created = ? AND id = ?");

    private Statement One => field ??= connection.Prepare(
        "SELECT version, deleted, created, updated, data, fields, id, state FROM read_models WHERE type = ? AND id = ?");

    /// <summary>Writes the model unless the stored one is newer.</summary>
    public void Write(ReadModel model)
    {
        var (before, created, n) = (None, model.CreatedMs, 0L);
        var stored = Stored.Add(model.Type).Add(model.Id);
        if (stored.Step())
        {
            n = stored.Int64(0);
            var newer = stored.Int64(1) > model.Version;
            created = stored.Int64(3);
            before = stored.Int64(2) != 0 ? None : Fields(stored.Bytes(4));
            stored.Reset();
            if (newer)
            {
                return;
            }
        }

        var fields = new Dictionary<string, string>(model.Fields);
        var values = (n > 0 ? Update : Insert).Add(model.Version).Add(model.Deleted).Add(model.CreatedMs).Add(model.UpdatedMs)
            .Add(JsonSerializer.Serialize(fields, FieldsJson.Default.DictionaryStringString))
            .Add(JsonSerializer.Serialize(new Dictionary<string, long>(model.Numbers), FieldsJson.Default.DictionaryStringInt64)).Add(model.Data).Add(model.State);
        if (n > 0)
        {
            values.Add(n).Run();
        }
        else
        {
            values.Add(model.Type).Add(model.Id).Run();
            n = connection.LastRow;
        }

        var after = model.Deleted ? None : fields;
        WriteFields(model, created, before, after);
        WriteText(n, Text(before), Text(after));
    }

    /// <param name="withState">False leaves out what only projections need.</param>
    public ReadModel? Find(string type, string id, bool withState = false)
    {
        var rows = One.Add(type).Add(id);
        if (!rows.Step())
        {
            return null;
        }

        var model = Read(rows, type);
        model = withState ? model with { State = rows.Array(7) } : model;
        rows.Reset();
        return model;
    }

    public List<ReadModel> List(ReadModelQuery query)
    {
        var (from, where) = Source(query);
        var place = query.Filters.Count > 0 ? "f" : "m";
        if (ListCursor.Read(query.Cursor) is { } at)
        {
            where.Add($"({place}.created, {place}.id) {(query.Ascending ? '>' : '<')} (?, ?)", at.Sort, at.Id);
        }

        var order = query.Ascending ? "ASC" : "DESC";
        var rows = where.AddTo(connection[$"""
            SELECT {Columns} FROM {from} {where}
            ORDER BY {place}.created {order}, {place}.id {order} LIMIT ? OFFSET ?
            """]).Add(query.Limit + 1).Add(query.Offset);
        var found = new List<ReadModel>();
        while (rows.Step())
        {
            found.Add(Read(rows, query.Type));
        }

        return found;
    }

    public long Count(ReadModelQuery query)
    {
        var (from, where) = Source(query);
        return where.AddTo(connection[$"SELECT count(*) FROM {from} {where}"]).RunReturning();
    }

    // The first filter leads, in the order of its index; the others are looked up for each row.
    private static (string From, Conditions Where) Source(ReadModelQuery query)
    {
        var where = new Conditions();
        var from = "read_models m";
        foreach (var (name, value) in query.Filters)
        {
            if (from == "read_models m")
            {
                from = "read_fields f CROSS JOIN read_models m ON m.type = f.type AND m.id = f.id";
                where.Add("f.type = ? AND f.field = ? AND f.value = ?", query.Type, name, value);
            }
            else
            {
                where.Add(
                    "EXISTS (SELECT 1 FROM read_fields o WHERE o.type = m.type AND o.field = ? AND o.value = ? AND o.created = m.created AND o.id = m.id)",
                    name, value);
            }
        }

        where.Add("m.type = ?", query.Type).Add("m.deleted = 0");
        if (!string.IsNullOrWhiteSpace(query.Text))
        {
            where.Add("m.n IN (SELECT rowid FROM read_text WHERE read_text MATCH ?)", Match(query.Text));
        }

        return (from, where);
    }

    // Each word as a prefix, all of them: nothing that a caller writes is syntax.
    private static string Match(string text)
    {
        var words = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            words.Append(Rune.IsLetterOrDigit(rune) ? rune.ToString() : " ");
        }

        var quoted = words.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => $"\"{word}\"*");
        return string.Join(' ', quoted.DefaultIfEmpty("\"\""));
    }

    private void WriteFields(ReadModel model, long created, Dictionary<string, string> before, Dictionary<string, string> after)
    {
        foreach (var (name, value) in before)
        {
            if (created != model.CreatedMs || after.GetValueOrDefault(name) != value)
            {
                RemoveField.Add(model.Type).Add(name).Add(value).Add(created).Add(model.Id).Run();
            }
        }

        foreach (var (name, value) in after)
        {
            if (created != model.CreatedMs || before.GetValueOrDefault(name) != value)
            {
                AddField.Add(model.Type).Add(name).Add(value).Add(model.CreatedMs).Add(model.Id).Run();
            }
        }
    }

    private void WriteText(long n, string before, string after)
    {
        if (before == after)
        {
            return;
        }

        connection["DELETE FROM read_text WHERE rowid = ?"].Add(n).Run();
        if (after.Length > 0)
        {
            connection["INSERT INTO read_text(rowid, text) VALUES(?, ?)"].Add(n).Add(after).Run();
        }
    }

    private static string Text(Dictionary<string, string> fields) =>
        string.Join(' ', new[] { fields.GetValueOrDefault("name"), fields.GetValueOrDefault("email") }.OfType<string>());

    private static Dictionary<string, string> Fields(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, FieldsJson.Default.DictionaryStringString)!;

    public static ReadModel Read(Statement row, string type) =>
        new(type, row.Text(6), row.Int64(0), row.Int64(1) != 0, row.Int64(2), row.Int64(3), row.Array(4), Fields(row.Bytes(5)), []);
}
