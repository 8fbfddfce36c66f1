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

    private const string Cqrs = "cqrs";
    private const int Often = 1_000;

    private static readonly string s_own = $"door IN ('{string.Join("','", CommandQuery.OwnDoors)}') AND type IN ('{string.Join("','", CommandQuery.OwnTypes)}')";

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

    /// <summary>Forgets some of those that were accepted before and have ended, and what later ends have left of such; how many.</summary>
    public int Clear(long beforeMs, int limit) => connection["""
        DELETE FROM commands WHERE id IN (
            SELECT id FROM commands WHERE id < ? AND state IS NOT NULL AND (submitted < ? OR (submitted IS NULL AND id < ?)) LIMIT ?)
        """].Add(Ids.First(beforeMs + Slack)).Add(beforeMs).Add(Ids.First(beforeMs - Slack)).Add(limit).RunCounting();

    public void Forget(Guid id) => connection["DELETE FROM commands WHERE id = ?"].Add(id).Run();

    /// <summary>Of those that came by the door of document 001: all, succeeded, ended otherwise.</summary>
    public (long All, long Succeeded, long Failed) CountCqrs()
    {
        var rows = connection["""
            SELECT count(*), coalesce(sum(state IN (4, 7)), 0), coalesce(sum(state NOT IN (4, 7)), 0) FROM commands WHERE door = 'cqrs' AND submitted IS NOT NULL
            """];
        rows.Step();
        var counts = (rows.Int64(0), rows.Int64(1), rows.Int64(2));
        rows.Reset();
        return counts;
    }

    /// <summary>Of those that have ended the newest stay. How many are gone.</summary>
    public long KeepCqrs(int newest)
    {
        connection["""
            DELETE FROM commands WHERE door = 'cqrs' AND state IS NOT NULL
                AND id <= (SELECT id FROM commands WHERE door = 'cqrs' AND state IS NOT NULL ORDER BY id DESC LIMIT 1 OFFSET ?)
            """].Add(newest).Run();
        return connection["SELECT changes()"].RunReturning();
    }

    public CommandRow? Find(Guid id) => List(new Conditions().Add("id = ?", id).Add("submitted IS NOT NULL"), 1, 0).FirstOrDefault();

    public List<CommandRow> FindByCallerId(string callerId) => List(new Conditions().Add("caller_id = ?", callerId).Add("submitted IS NOT NULL"), 100, 0);

    /// <summary>Without its cursor.</summary>
    public ListTotal Count(CommandQuery query) => connection.CountList("commands", "rowid", Counted(query), Listed(query));

    /// <summary>What is counted, of those that are listed.</summary>
    internal Conditions Counted(CommandQuery query) => Matching(query, query.State is null or CommandState.Succeeded ? [] : OftenNamed(query.Text));

    public List<CommandRow> List(CommandQuery query)
    {
        var where = Matching(query, OftenNamed(query.Text));
        if (Guid.TryParse(query.Cursor, CultureInfo.InvariantCulture, out var last))
        {
            where.Add(query.OldestFirst ? "id > ?" : "id < ?", last);
        }

        return List(where.Add(Listed(query)), query.Limit + 1, query.Offset, query.OldestFirst ? "ASC" : "DESC");
    }

    // Those of the platform itself are a part of all at most: a list without them is counted as one of all.
    internal static string Listed(CommandQuery query) => query.WithoutOwn ? $"submitted IS NOT NULL AND NOT ({s_own})" : "submitted IS NOT NULL";

    // By an index what waits is found among what waits alone, not among all of its kind or name that ever came.
    private Conditions Matching(CommandQuery query, IReadOnlyList<string> often)
    {
        var waits = query.State is CommandState.Queued or CommandState.Scheduled or CommandState.Running;
        var isNarrow = (query.Key ?? query.UserId ?? query.CorrelationId) is not null || (!string.IsNullOrWhiteSpace(query.Text) && often.Count == 0);
        var where = new Conditions()
            .Add(waits ? "+type = ?" : "type = ?", query.Type).Add(waits && isNarrow ? "+kind = ?" : "kind = ?", query.Kind).Add("key = ?", query.Key).Add("user_id = ?", query.UserId)
            .Add("correlation_id = ?", query.CorrelationId).Add("code = ?", query.Code)
            .Add("submitted >= ?", query.FromMs).Add("submitted <= ?", query.ToMs)
            .Add("id >= ?", query.FromMs is { } from ? Ids.First(from - Slack) : null).Add("id < ?", query.ToMs is { } to ? Ids.First(to + Slack) : null);
        if (query.Door is { } door)
        {
            // The literal is the index's own: without it the index is not used.
            where = door == Cqrs ? where.Add("door = 'cqrs'") : where.Add("door = ?", door);
        }

        if (query.State is { } state)
        {
            // What waits has no end yet, nor has what runs. The second condition of the others is the index's own: without it the index is not used. Few of one key or user
            // are found by those, whatever their state.
            var its = isNarrow ? "+state" : "state";
            where = state switch
            {
                CommandState.Queued => where.Add(its + " IS NULL AND (door <> 'schedule' OR schedule_id IS NOT NULL)"),
                CommandState.Scheduled => where.Add(its + " IS NULL AND door = 'schedule' AND schedule_id IS NULL"),
                CommandState.Running => where.Add(its + " IS NULL"),
                CommandState.Succeeded => where.Add(its + " = ?", (long)state),
                _ => where.Add(its + " = ?", (long)state).Add(isNarrow ? "+state <> 4" : "state IS NOT NULL AND state <> 4"),
            };
        }

        return string.IsNullOrWhiteSpace(query.Text) ? where : Mentioning(where, query.Text.Trim(), often);
    }

    /// <summary>An id, or the beginning of a name. Names that stand in many commands are looked for from the newest on; all else by the indexes.</summary>
    private Conditions Mentioning(Conditions where, string text, IReadOnlyList<string> often)
    {
        List<string> types = often.Count > 0 ? [.. often] : Named(text);
        object?[] values = [Guid.TryParse(text, out var id) ? id : Guid.Empty, text, text, text, text, .. types];
        var type = types.Count == 0 ? "" : $" OR {(often.Count > 0 ? "+" : "")}type IN ({string.Join(", ", types.Select(_ => "?"))})";
        return where.Add($"(id = ? OR caller_id = ? OR key = ? OR correlation_id = ? OR user_id = ?{type})", values);
    }

    /// <summary>The names that begin so, where so many commands have them that some are among the newest; else none.</summary>
    private List<string> OftenNamed(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || Named(text.Trim()) is not { Count: > 0 } types)
        {
            return [];
        }

        var rows = connection[$"SELECT count(*) FROM (SELECT 1 FROM commands WHERE type IN ({string.Join(", ", types.Select(_ => "?"))}) LIMIT {Often})"];
        types.ForEach(type => rows.Add(type));
        return rows.RunReturning() < Often ? [] : types;
    }

    // From one name to the next by the index: as many steps as there are names.
    private List<string> Named(string begin)
    {
        var rows = connection["""
            WITH RECURSIVE names(type) AS (
                SELECT min(type) FROM commands UNION ALL SELECT (SELECT min(type) FROM commands WHERE type > names.type) FROM names WHERE names.type IS NOT NULL)
            SELECT type FROM names WHERE type IS NOT NULL
            """];
        var found = new List<string>();
        while (rows.Step())
        {
            if (rows.Text(0) is var type && type.StartsWith(begin, StringComparison.OrdinalIgnoreCase))
            {
                found.Add(type);
            }
        }

        return found;
    }

    private List<CommandRow> List(Conditions where, int limit, int offset, string order = "DESC")
    {
        var rows = where.AddTo(connection[$"SELECT {Columns} FROM commands {where} ORDER BY id {order} LIMIT ? OFFSET ?"]).Add(limit).Add(offset);
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
