using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>Records that could not be executed.</summary>
internal static class DeadLetterTable
{
    private const string Columns = "id, grp, handler, record, reason, error_type, code, message, stack, attempts, first, last, worker";

    /// <summary>Adds letters; one with the same id (the same record failed again after a replay) is replaced.</summary>
    public static void Write(IWrites target, List<DeadLetter> letters)
    {
        var rows = letters.ConvertAll(l => (Letter: l, Record: RecordCodec.WriteWhere(l.Record)));
        target.Insert(
            $"REPLACE INTO dead_letters({Columns}, rkey, command_id)", 15, "", rows, null,
            r => r.Record.Length + ((r.Letter.Message.Length + r.Letter.Stack.Length) * 3) + r.Letter.Record.Key.Length + 1_024,
            (v, r) => v.Add(r.Letter.Id).Add(r.Letter.Group).Add(r.Letter.Handler).Add(r.Record).AddUtf8(r.Letter.Reason).Add(r.Letter.ErrorType)
                .AddUtf8(r.Letter.Code).Add(r.Letter.Message).Add(r.Letter.Stack).Add(r.Letter.Attempts).Add(r.Letter.FirstMs).Add(r.Letter.LastMs)
                .Add(r.Letter.Worker).AddUtf8(r.Letter.Record.Key).Add(CommandOf(r.Letter)));
    }

    public static void Remove(IWrites target, List<Guid> ids) =>
        target.InLists("DELETE FROM dead_letters WHERE id IN (", ids, null, (v, id) => v.Add(id));

    public static DeadLetter? Find(Session session, Guid id) => session[$"SELECT {Columns} FROM dead_letters WHERE id = ?"].Add(id).First(Read);

    public static long Count(Session session) => session["SELECT COUNT(*) FROM dead_letters"].Read(r => r.Int64(0))[0];

    public static List<DeadLetter> List(Session session, DeadLetterFilter filter, (long LastMs, Guid Id)? before, int limit)
    {
        var (where, binds) = (new List<string>(), new List<Action<Statement>>());
        void Only(string condition, object? value, Action<Statement> bind)
        {
            if (value is not null)
            {
                where.Add(condition);
                binds.Add(bind);
            }
        }

        Only("grp = ?", filter.Group, s => s.Add(filter.Group));
        Only("rkey = ?", filter.Key, s => s.AddUtf8(filter.Key!));
        Only("reason = ?", filter.Reason, s => s.AddUtf8(filter.Reason!));
        Only("code = ?", filter.Code, s => s.AddUtf8(filter.Code!));
        Only("command_id = ?", filter.CommandId, s => s.Add(filter.CommandId));
        Only(
            "last <= ? AND (last < ? OR id < ?)", before,
            s => s.Add(before!.Value.LastMs).Add(before.Value.LastMs).Add(before.Value.Id));
        var statement = session[
            $"SELECT {Columns} FROM dead_letters {(where.Count == 0 ? "" : "WHERE ")}{string.Join(" AND ", where)} ORDER BY last DESC, id DESC LIMIT ?"];
        binds.ForEach(bind => bind(statement));
        return statement.Add(limit).Read(Read);
    }

    private static Guid CommandOf(DeadLetter letter) =>
        Guid.TryParse(letter.Record.Headers.Get(HeaderName.Command), out var command) ? command : letter.Record.Id;

    private static DeadLetter Read(Row row) => new(
        row.Guid(0), row.Text(1), row.Text(2), RecordCodec.ReadWhere(row.Bytes(3)), row.Utf8(4), row.Text(5), row.Utf8(6), row.Text(7),
        row.Text(8), row.Int32(9), row.Int64(10), row.Int64(11), row.Text(12));
}
