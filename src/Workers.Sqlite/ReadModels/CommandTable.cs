using System.Globalization;
using Workers.Contracts;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.ReadModels;

/// <summary>The list of commands. Ids are UUIDv7 of the time of acceptance, so newest first is the primary key backwards.</summary>
internal sealed class CommandTable(Connection connection)
{
    private const string Columns = """
        id, caller_id, type, kind, key, caller, door, submitted, user_id, correlation_id, causation_id, schedule_id, trace_id, data,
        state, attempts, started, completed, code, message
        """;

    // How far the time in an id may be from the time that it was submitted at.
    private const long Slack = 60_000;

    // What is there already stays; only a row that its outcome made is filled in.
    private Statement Insert => field ??= connection.Prepare("""
        INSERT INTO commands(id, caller_id, type, kind, key, caller, door, submitted, user_id, correlation_id, causation_id, schedule_id, trace_id, data)
        VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET caller_id = excluded.caller_id, type = excluded.type, kind = excluded.kind, key = excluded.key,
            caller = excluded.caller, door = excluded.door, submitted = excluded.submitted, user_id = excluded.user_id,
            correlation_id = excluded.correlation_id, causation_id = excluded.causation_id, schedule_id = excluded.schedule_id,
            trace_id = excluded.trace_id, data = excluded.data
        WHERE commands.submitted IS NULL
        """);

    private Statement SetOutcome => field ??= connection.Prepare("""
        INSERT INTO commands(id, state, attempts, started, completed, code, message) VALUES(?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET state = excluded.state, attempts = excluded.attempts, started = excluded.started,
            completed = excluded.completed, code = excluded.code, message = excluded.message
        WHERE commands.completed IS NULL OR commands.completed <= excluded.completed
        """);

    public void Write(CommandRow row) =>
        Insert.Add(row.Id).Add(row.CallerId).Add(row.Type).Add(row.Kind).Add(row.Key).Add(row.Caller).Add(row.Door).Add(row.SubmittedMs)
            .Add(row.UserId).Add(row.CorrelationId).Add(row.CausationId).Add(row.ScheduleId).Add(row.TraceId).Add(row.Data).Run();

    /// <summary>An outcome that is older than the known one changes nothing.</summary>
    public void Write(CommandOutcomeRow row) =>
        SetOutcome.Add(row.Id).Add((long)row.State).Add(row.Attempts).Add(row.StartedMs).Add(row.CompletedMs).Add(row.Code).Add(row.Message).Run();

    public CommandRow? Find(Guid id) => List(new Conditions().Add("id = ?", id), 1, 0).FirstOrDefault();

    public List<CommandRow> FindByCallerId(string callerId) => List(new Conditions().Add("caller_id = ?", callerId), 100, 0);

    public List<CommandRow> List(CommandQuery query)
    {
        var where = new Conditions()
            .Add("type = ?", query.Type).Add("kind = ?", query.Kind).Add("key = ?", query.Key).Add("user_id = ?", query.UserId)
            .Add("correlation_id = ?", query.CorrelationId).Add("code = ?", query.Code)
            .Add("submitted >= ?", query.FromMs).Add("submitted <= ?", query.ToMs)
            .Add("id >= ?", query.FromMs is { } from ? Ids.First(from - Slack) : null).Add("id < ?", query.ToMs is { } to ? Ids.First(to + Slack) : null);
        if (query.State is { } state)
        {
            // The second condition is the index's own: without it the index is not used.
            where = state == CommandState.Queued ? where.Add("state IS NULL") : where.Add("state = ?", (long)state);
            where = state is CommandState.Queued or CommandState.Succeeded ? where : where.Add("state IS NOT NULL AND state <> 4");
        }

        if (!string.IsNullOrWhiteSpace(query.Text))
        {
            var text = query.Text.Trim();
            var like = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal)
                .Replace("_", "\\_", StringComparison.Ordinal) + "%";
            where.Add(
                "(id = ? OR caller_id = ? OR key = ? OR correlation_id = ? OR user_id = ? OR type LIKE ? ESCAPE '\\')",
                Guid.TryParse(text, out var id) ? id : Guid.Empty, text, text, text, text, like);
        }

        if (Guid.TryParse(query.Cursor, CultureInfo.InvariantCulture, out var before))
        {
            where.Add("id < ?", before);
        }

        return List(where, query.Limit + 1, query.Offset);
    }

    private List<CommandRow> List(Conditions where, int limit, int offset)
    {
        where.Add("submitted IS NOT NULL");
        var rows = where.AddTo(connection[$"SELECT {Columns} FROM commands {where} ORDER BY id DESC LIMIT ? OFFSET ?"]).Add(limit).Add(offset);
        var found = new List<CommandRow>();
        while (rows.Step())
        {
            found.Add(Read(rows));
        }

        return found;
    }

    private static CommandRow Read(Statement row) => new(
        row.Guid(0), row.TextOrNull(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.Text(6), row.Int64(7), row.TextOrNull(8),
        row.TextOrNull(9), row.TextOrNull(10), row.TextOrNull(11), row.TextOrNull(12), row.Array(13))
    {
        Outcome = row.IsNull(14)
            ? null
            : new CommandOutcomeRow(
                row.Guid(0), (CommandState)row.Int32(14), row.Int32(15), row.Int64(16), row.Int64(17), row.TextOrNull(18), row.TextOrNull(19)),
    };
}
