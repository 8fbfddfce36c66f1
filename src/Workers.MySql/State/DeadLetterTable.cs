using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>Records that could not be executed.</summary>
internal static class DeadLetterTable
{
    private const string Columns = "id, grp, handler, record, reason, error_type, code, message, stack, attempts, first, last, worker";

    private const string Select = """
        SELECT d.id, d.grp, d.handler, d.record, d.reason, d.error_type, d.code, d.message, d.stack, d.attempts, d.first, d.last, d.worker, e.original, e.editor,
            e.at, e.reason
        FROM dead_letters d LEFT JOIN letter_edits e ON e.id = d.id
        """;

    // As DeadLetterGroup.Frame.
    private const string Frame = "TRIM(BOTH '\\r' FROM TRIM(SUBSTRING_INDEX(stack, '\\n', 1)))";

    /// <summary>Adds letters; one with the same id (the same record failed again after a replay, or was edited) is replaced.</summary>
    public static void Write(IWrites target, List<DeadLetter> letters)
    {
        var rows = letters.ConvertAll(l => (Letter: l, Record: RecordCodec.WriteWhere(l.Record)));
        target.Insert(
            $"REPLACE INTO dead_letters({Columns}, rkey, command_id)", 15, "", rows, null,
            r => r.Record.Length + ((r.Letter.Message.Length + r.Letter.Stack.Length) * 3) + r.Letter.Record.Key.Length + 1_024,
            (v, r) => v.Add(r.Letter.Id).Add(r.Letter.Group).Add(r.Letter.Handler).Add(r.Record).AddUtf8(r.Letter.Reason).Add(r.Letter.ErrorType)
                .AddUtf8(r.Letter.Code).Add(r.Letter.Message).Add(r.Letter.Stack).Add(r.Letter.Attempts).Add(r.Letter.FirstMs).Add(r.Letter.LastMs)
                .Add(r.Letter.Worker).AddUtf8(r.Letter.Record.Key).Add(CommandOf(r.Letter)));
        RemoveEdits(target, letters.FindAll(l => l.Original is null).ConvertAll(l => l.Id));
        target.Insert(
            "REPLACE INTO letter_edits(id, original, editor, at, reason)", 5, "",
            letters.FindAll(l => l is { Original: not null, Edited: not null }).ConvertAll(l => (l.Id, Original: RecordCodec.WriteWhere(l.Original!), Edit: l.Edited!)), null,
            r => r.Original.Length + 4_096,
            (v, r) => v.Add(r.Id).Add(r.Original).Add(r.Edit.By).Add(r.Edit.AtMs).Add(r.Edit.Reason));
    }

    public static void Remove(IWrites target, List<Guid> ids)
    {
        target.InLists("DELETE FROM dead_letters WHERE id IN (", ids, null, (v, id) => v.Add(id));
        RemoveEdits(target, ids);
    }

    public static DeadLetter? Find(Session session, Guid id) => session[$"{Select} WHERE d.id = ?"].Add(id).First(Read);

    public static long Count(Session session, DeadLetterFilter filter)
    {
        var where = new Where(filter);
        return where.AddTo(session[$"SELECT COUNT(*) FROM dead_letters d {where}"]).Read(r => r.Int64(0))[0];
    }

    public static List<DeadLetter> List(Session session, DeadLetterFilter filter, (long LastMs, Guid Id)? before, int limit)
    {
        var where = new Where(filter);
        where.Only("d.last <= ? AND (d.last < ? OR d.id < ?)", before, s => s.Add(before!.Value.LastMs).Add(before.Value.LastMs).Add(before.Value.Id));
        return where.AddTo(session[$"{Select} {where} ORDER BY d.last DESC, d.id DESC LIMIT ?"]).Add(limit).Read(Read);
    }

    public static List<DeadLetter> Oldest(Session session, DeadLetterFilter filter, (long LastMs, Guid Id)? after, int limit)
    {
        var where = new Where(filter);
        where.Only("d.last >= ? AND (d.last > ? OR d.id > ?)", after, s => s.Add(after!.Value.LastMs).Add(after.Value.LastMs).Add(after.Value.Id));
        return where.AddTo(session[$"{Select} {where} ORDER BY d.last, d.id LIMIT ?"]).Add(limit).Read(Read);
    }

    public static List<DeadLetterGroup> Groups(Session session, DeadLetterFilter filter, int limit)
    {
        var where = new Where(filter);
        return where.AddTo(session[$"""
            SELECT error_type, code, frame, n, oldest, newest, id, message FROM (
                SELECT error_type, code, {Frame} AS frame, id, message,
                    COUNT(*) OVER (PARTITION BY error_type, code, {Frame}) AS n, MIN(first) OVER (PARTITION BY error_type, code, {Frame}) AS oldest,
                    MAX(last) OVER (PARTITION BY error_type, code, {Frame}) AS newest,
                    ROW_NUMBER() OVER (PARTITION BY error_type, code, {Frame} ORDER BY last DESC, id DESC) AS nth
                FROM dead_letters d {where}) causes
            WHERE nth = 1 ORDER BY n DESC, newest DESC, id LIMIT ?
            """]).Add(limit).Read(r => new DeadLetterGroup(
                r.Text(0), r.Utf8(1), r.Text(2), r.Int64(3), r.Int64(4), r.Int64(5), r.Guid(6), r.Text(7)));
    }

    private static void RemoveEdits(IWrites target, List<Guid> ids) => target.InLists("DELETE FROM letter_edits WHERE id IN (", ids, null, (v, id) => v.Add(id));

    private static Guid CommandOf(DeadLetter letter) =>
        Guid.TryParse(letter.Record.Headers.Get(HeaderName.Command), out var command) ? command : letter.Record.Id;

    private static DeadLetter Read(Row row) => new(
        row.Guid(0), row.Text(1), row.Text(2), RecordCodec.ReadWhere(row.Bytes(3)), row.Utf8(4), row.Text(5), row.Utf8(6), row.Text(7),
        row.Text(8), row.Int32(9), row.Int64(10), row.Int64(11), row.Text(12))
    {
        Original = row.BytesOrNull(13) is { } original ? RecordCodec.ReadWhere(original) : null,
        Edited = row.BytesOrNull(13) is null ? null : new LetterEdit(row.Text(14), row.Int64(15), row.TextOrNull(16)),
    };

    /// <summary>Conditions of a list.</summary>
    private sealed class Where
    {
        private readonly List<string> _conditions = [];
        private readonly List<Action<Statement>> _binds = [];

        public Where(DeadLetterFilter filter)
        {
            Only("d.grp = ?", filter.Group, s => s.Add(filter.Group));
            Only("d.rkey = ?", filter.Key, s => s.AddUtf8(filter.Key!));
            Only("d.reason = ?", filter.Reason, s => s.AddUtf8(filter.Reason!));
            Only("d.code = ?", filter.Code, s => s.AddUtf8(filter.Code!));
            Only("d.command_id = ?", filter.CommandId, s => s.Add(filter.CommandId));
            Only("d.error_type = ?", filter.ErrorType, s => s.Add(filter.ErrorType));
            Only($"{Frame} = ?", filter.Frame, s => s.Add(filter.Frame));
            Only("d.last <= ?", filter.UntilMs, s => s.Add(filter.UntilMs!.Value));
        }

        public void Only(string condition, object? value, Action<Statement> bind)
        {
            if (value is not null)
            {
                _conditions.Add(condition);
                _binds.Add(bind);
            }
        }

        public Statement AddTo(Statement statement)
        {
            _binds.ForEach(bind => bind(statement));
            return statement;
        }

        public override string ToString() => _conditions.Count == 0 ? "" : "WHERE " + string.Join(" AND ", _conditions);
    }
}
