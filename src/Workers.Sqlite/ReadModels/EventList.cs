using Workers.Engine.Projections;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.ReadModels;

/// <summary>The newest events.</summary>
internal sealed class EventList(Connection connection)
{
    private const string Columns = "id, type, entity, aggregate_id, version, at, user_id, correlation_id, command_id, external, data";

    private long _written;

    private Statement Insert => field ??= connection.Prepare($"""
        INSERT INTO listed_events({Columns}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """);

    /// <param name="keep">So many stay at least; 0: all.</param>
    public void Write(IReadOnlyList<ListedEvent> events, int keep)
    {
        foreach (var e in events)
        {
            Insert.Add(e.Id).Add(e.Type).Add(e.Entity).Add(e.AggregateId).Add(e.Version).Add(e.AtMs).Add(e.UserId).Add(e.CorrelationId).Add(e.CommandId)
                .Add(e.External).Add(e.Data).Run();
        }

        _written += events.Count;
        if (keep > 0 && _written >= keep)
        {
            Keep(keep);
            _written = 0;
        }
    }

    /// <summary>How many are gone.</summary>
    public long Keep(int newest)
    {
        connection["""
            DELETE FROM listed_events WHERE (at, id) <= (SELECT at, id FROM listed_events ORDER BY at DESC, id DESC LIMIT 1 OFFSET ?)
            """].Add(newest).Run();
        return connection["SELECT changes()"].RunReturning();
    }

    public ListedEvent? Find(Guid id) => List(new Conditions().Add("id = ?", id), 1).FirstOrDefault();

    public List<ListedEvent> List(EventQuery query)
    {
        var where = new Conditions()
            .Add("type = ?", query.Type).Add("aggregate_id = ?", query.AggregateId).Add("at >= ?", query.FromMs).Add("at <= ?", query.ToMs);
        if (ListCursor.Read(query.Cursor) is { } place && Guid.TryParse(place.Id, out var id))
        {
            where.Add("(at, id) < (?, ?)", place.Sort, id);
        }

        return List(where, query.Limit + 1);
    }

    public long Count() => connection["SELECT count(*) FROM listed_events"].RunReturning();

    private List<ListedEvent> List(Conditions where, int limit)
    {
        var rows = where.AddTo(connection[$"SELECT {Columns} FROM listed_events {where} ORDER BY at DESC, id DESC LIMIT ?"]).Add(limit);
        var found = new List<ListedEvent>();
        while (rows.Step())
        {
            found.Add(new ListedEvent(
                rows.Guid(0), rows.Text(1), rows.TextOrNull(2), rows.Text(3), rows.Int64(4), rows.Int64(5), rows.TextOrNull(6), rows.TextOrNull(7),
                rows.IsNull(8) ? null : rows.Guid(8), rows.Int64(9) != 0, rows.Array(10)));
        }

        return found;
    }
}
