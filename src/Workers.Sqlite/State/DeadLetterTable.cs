using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.State;

/// <summary>Records that could not be executed.</summary>
internal sealed class DeadLetterTable(Connection connection)
{
    private const string Columns = "id, grp, handler, record, reason, error_type, code, message, stack, attempts, first, last, worker";

    /// <summary>Adds a letter; one with the same id (the same record failed again after a replay) is replaced.</summary>
    public void Write(DeadLetter letter) =>
        connection[$"INSERT OR REPLACE INTO dead_letters({Columns}, key, command_id) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"]
            .Add(letter.Id).Add(letter.Group).Add(letter.Handler).Add(RecordCodec.WriteWhere(letter.Record)).Add(letter.Reason).Add(letter.ErrorType)
            .Add(letter.Code).Add(letter.Message).Add(letter.Stack).Add(letter.Attempts).Add(letter.FirstMs).Add(letter.LastMs).Add(letter.Worker)
            .Add(letter.Record.Key).Add(CommandOf(letter)).Run();

    public void Remove(Guid id) => connection["DELETE FROM dead_letters WHERE id = ?"].Add(id).Run();

    public DeadLetter? Find(Guid id)
    {
        var rows = connection[$"SELECT {Columns} FROM dead_letters WHERE id = ?"].Add(id);
        if (!rows.Step())
        {
            return null;
        }

        var letter = Read(rows);
        rows.Reset();
        return letter;
    }

    public long Count()
    {
        var rows = connection["SELECT count(*) FROM dead_letters"];
        rows.Step();
        var count = rows.Int64(0);
        rows.Reset();
        return count;
    }

    public List<DeadLetter> List(DeadLetterFilter filter, (long LastMs, Guid Id)? before, int limit)
    {
        var where = new Conditions()
            .Add("grp = ?", filter.Group).Add("key = ?", filter.Key).Add("reason = ?", filter.Reason).Add("code = ?", filter.Code)
            .Add("command_id = ?", filter.CommandId);
        if (before is { } at)
        {
            where.Add("(last, id) < (?, ?)", at.LastMs, at.Id);
        }

        var rows = where.AddTo(connection[$"SELECT {Columns} FROM dead_letters {where} ORDER BY last DESC, id DESC LIMIT ?"]).Add(limit);
        var found = new List<DeadLetter>();
        while (rows.Step())
        {
            found.Add(Read(rows));
        }

        return found;
    }

    private static Guid CommandOf(DeadLetter letter) =>
        Guid.TryParse(letter.Record.Headers.Get(HeaderName.Command), out var command) ? command : letter.Record.Id;

    private static DeadLetter Read(Statement row) => new(
        row.Guid(0), row.Text(1), row.Text(2), RecordCodec.ReadWhere(row.Bytes(3)), row.Text(4), row.Text(5), row.Text(6), row.Text(7),
        row.Text(8), row.Int32(9), row.Int64(10), row.Int64(11), row.Text(12));
}
