using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.State;

/// <summary>Records that could not be executed.</summary>
internal sealed class DeadLetterTable(Connection connection)
{
    private const string Columns = "id, grp, handler, record, reason, error_type, code, message, stack, attempts, first, last, worker";

    private const string Joined = "dead_letters d LEFT JOIN (SELECT id AS edited, original, editor, at, reason AS edit_reason FROM letter_edits) ON edited = d.id";

    // As DeadLetterGroup.Frame.
    private const string Frame = "trim(substr(stack, 1, instr(stack || char(10), char(10)) - 1), char(9, 13, 32))";

    /// <summary>Adds a letter; one with the same id (the same record failed again after a replay, or was edited) is replaced.</summary>
    public void Write(DeadLetter letter)
    {
        connection[$"INSERT OR REPLACE INTO dead_letters({Columns}, key, command_id) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"]
            .Add(letter.Id).Add(letter.Group).Add(letter.Handler).Add(RecordCodec.WriteWhere(letter.Record)).Add(letter.Reason).Add(letter.ErrorType)
            .Add(letter.Code).Add(letter.Message).Add(letter.Stack).Add(letter.Attempts).Add(letter.FirstMs).Add(letter.LastMs).Add(letter.Worker)
            .Add(letter.Record.Key).Add(CommandOf(letter)).Run();
        if (letter is { Original: { } original, Edited: { } edit })
        {
            connection["INSERT OR REPLACE INTO letter_edits(id, original, editor, at, reason) VALUES(?, ?, ?, ?, ?)"]
                .Add(letter.Id).Add(RecordCodec.WriteWhere(original)).Add(edit.By).Add(edit.AtMs).Add(edit.Reason).Run();
        }
        else
        {
            RemoveEdit(letter.Id);
        }
    }

    public void Remove(Guid id)
    {
        connection["DELETE FROM dead_letters WHERE id = ?"].Add(id).Run();
        RemoveEdit(id);
    }

    public DeadLetter? Find(Guid id) => Read(new Conditions().Add("d.id = ?", id), "", 1).FirstOrDefault();

    public long Count(DeadLetterFilter filter)
    {
        var where = Matching(filter);
        var rows = where.AddTo(connection[$"SELECT count(*) FROM dead_letters d {where}"]);
        rows.Step();
        var count = rows.Int64(0);
        rows.Reset();
        return count;
    }

    public List<DeadLetter> List(DeadLetterFilter filter, (long LastMs, Guid Id)? before, int limit)
    {
        var where = Matching(filter);
        return Read(before is { } at ? where.Add("(d.last, d.id) < (?, ?)", at.LastMs, at.Id) : where, "ORDER BY d.last DESC, d.id DESC", limit);
    }

    public List<DeadLetter> Oldest(DeadLetterFilter filter, (long LastMs, Guid Id)? after, int limit)
    {
        var where = Matching(filter);
        return Read(after is { } at ? where.Add("(d.last, d.id) > (?, ?)", at.LastMs, at.Id) : where, "ORDER BY d.last, d.id", limit);
    }

    public List<DeadLetterGroup> Groups(DeadLetterFilter filter, int limit)
    {
        var where = Matching(filter);
        var rows = where.AddTo(connection[$"""
            SELECT error_type, code, frame, n, first, last, id, message FROM (
                SELECT error_type, code, {Frame} AS frame, id, message, count(*) OVER w AS n, min(first) OVER w AS first, max(last) OVER w AS last,
                    row_number() OVER (PARTITION BY error_type, code, {Frame} ORDER BY last DESC, id DESC) AS nth
                FROM dead_letters d {where} WINDOW w AS (PARTITION BY error_type, code, {Frame}))
            WHERE nth = 1 ORDER BY n DESC, last DESC, id LIMIT ?
            """]).Add(limit);
        var found = new List<DeadLetterGroup>();
        while (rows.Step())
        {
            found.Add(new DeadLetterGroup(
                rows.Text(0), rows.Text(1), rows.Text(2), rows.Int64(3), rows.Int64(4), rows.Int64(5), rows.Guid(6), rows.Text(7)));
        }

        return found;
    }

    private static Conditions Matching(DeadLetterFilter filter) => new Conditions()
        .Add("d.grp = ?", filter.Group).Add("d.key = ?", filter.Key).Add("d.reason = ?", filter.Reason).Add("d.code = ?", filter.Code)
        .Add("d.command_id = ?", filter.CommandId).Add("d.error_type = ?", filter.ErrorType).Add($"{Frame} = ?", filter.Frame).Add("d.last <= ?", filter.UntilMs);

    private List<DeadLetter> Read(Conditions where, string order, int limit)
    {
        var rows = where.AddTo(connection[$"SELECT {Columns}, original, editor, at, edit_reason FROM {Joined} {where} {order} LIMIT ?"]).Add(limit);
        var found = new List<DeadLetter>();
        while (rows.Step())
        {
            found.Add(Read(rows));
        }

        return found;
    }

    private void RemoveEdit(Guid id) => connection["DELETE FROM letter_edits WHERE id = ?"].Add(id).Run();

    private static Guid CommandOf(DeadLetter letter) =>
        Guid.TryParse(letter.Record.Headers.Get(HeaderName.Command), out var command) ? command : letter.Record.Id;

    private static DeadLetter Read(Statement row) => new(
        row.Guid(0), row.Text(1), row.Text(2), RecordCodec.ReadWhere(row.Bytes(3)), row.Text(4), row.Text(5), row.Text(6), row.Text(7),
        row.Text(8), row.Int32(9), row.Int64(10), row.Int64(11), row.Text(12))
    {
        Original = row.IsNull(13) ? null : RecordCodec.ReadWhere(row.Bytes(13)),
        Edited = row.IsNull(13) ? null : new LetterEdit(row.Text(14), row.Int64(15), row.TextOrNull(16)),
    };
}
