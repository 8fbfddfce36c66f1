using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.Audit;

/// <summary>Entries and the heads of their chains.</summary>
internal sealed class AuditTable(Connection connection)
{
    private const string Columns = """
        id, topic, part, off, at, entity_type, entity_id, action, type, kind, command_id, user_id, actor, client, agent, changes, reason, outcome, hash
        """;

    private Statement Insert => field ??= connection.Prepare(
        $"INSERT INTO audit({Columns}, day) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");

    public AuditHeads Heads { get; } = new(connection);

    /// <summary>Adds the entries to their chains; those whose id is there already are left out, and those of days that retention has taken.</summary>
    public void Append(IReadOnlyList<AuditEntry> entries)
    {
        var heads = new Dictionary<(int Day, PartitionId Partition), AuditHead>();
        foreach (var entry in entries)
        {
            var chain = (Day: AuditChain.DayOf(entry.AtMs), entry.Partition);
            var head = heads.TryGetValue(chain, out var known) ? known : Heads.Find(chain.Day, chain.Partition);
            if (!head.IsTrimmed)
            {
                var hash = AuditChain.Hash(head.Hash, entry);
                head = Write(entry, chain.Day, hash) ? head with { Hash = hash, Entries = head.Entries + 1 } : head;
            }

            heads[chain] = head;
        }

        foreach (var head in heads.Values.Where(head => head is { IsTrimmed: false, Entries: > 0 }))
        {
            Heads.Save(head);
        }
    }

    public AuditEntry? Find(Guid id)
    {
        var rows = connection[$"SELECT {Columns} FROM audit WHERE id = ?"].Add(id);
        if (!rows.Step())
        {
            return null;
        }

        var entry = Read(rows);
        rows.Reset();
        return entry;
    }

    /// <summary>The number of the last row; 0 where there is none.</summary>
    public long Last() => connection["SELECT coalesce(max(seq), 0) FROM audit"].RunReturning();

    public bool Has(long seq) => connection["SELECT count(*) FROM audit WHERE seq = ?"].Add(seq).RunReturning() > 0;

    /// <summary>Entries in the order in which they were chained, one at a time, to the end.</summary>
    public IEnumerable<(long Seq, int Day, AuditEntry Entry)> InOrder(long after, long to, int limit)
    {
        var rows = connection[$"SELECT {Columns}, seq, day FROM audit WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?"].Add(after).Add(to).Add(limit);
        while (rows.Step())
        {
            yield return (rows.Int64(19), rows.Int32(20), Read(rows));
        }
    }

    /// <summary>Deletes some of the oldest entries, of chains that retention has taken; how many.</summary>
    public int DeleteTrimmed(int beforeDay, int limit) => connection["""
        DELETE FROM audit WHERE seq IN (
            SELECT seq FROM audit a WHERE at < ?
            AND EXISTS (SELECT 1 FROM audit_heads h WHERE h.day = a.day AND h.topic = a.topic AND h.part = a.part AND h.trimmed = 1) ORDER BY at LIMIT ?)
        """].Add(AuditChain.StartOf(beforeDay)).Add(limit).RunCounting();

    /// <summary>By (time, id); and whether there may be more.</summary>
    public (List<AuditEntry> Found, bool More) List(AuditQuery query, (long AtMs, Guid Id)? place)
    {
        var (sql, where) = Select(query, place);
        var rows = where.AddTo(connection[sql]).Add(query.Limit + 1);
        var (found, bytes) = (new List<AuditEntry>(), 0L);
        while (found.Count < query.Limit && bytes <= query.MaxBytes)
        {
            if (!rows.Step())
            {
                return (found, false);
            }

            found.Add(Read(rows));
            bytes += found[^1].Changes.Length;
        }

        var more = rows.Step();
        rows.Reset();
        return (found, more);
    }

    /// <summary>The statement that lists them, up to its limit.</summary>
    internal static (string Sql, Conditions Where) Select(AuditQuery query, (long AtMs, Guid Id)? place)
    {
        var where = Matching(query);
        if (place is { } at)
        {
            where.Add(query.OldestFirst ? "(at, id) > (?, ?)" : "(at, id) < (?, ?)", at.AtMs, at.Id);
        }

        var order = query.OldestFirst ? "at, id" : "at DESC, id DESC";
        return ($"SELECT {Columns} FROM audit {where} ORDER BY {order} LIMIT ?", where);
    }

    /// <summary>Without its cursor.</summary>
    public ListTotal Count(AuditQuery query) => connection.CountList("audit", "seq", Matching(query));

    // What tells most comes first, and it alone may use its index (+ keeps the others from theirs): nothing counts how often each is, and it might as soon be looked for among all
    // orders as among the entries of one.
    private static Conditions Matching(AuditQuery query)
    {
        var where = new Conditions();
        foreach (var (column, value) in (ReadOnlySpan<(string, object?)>)
        [
            ("command_id", query.CommandId), ("entity_id", query.EntityId), ("user_id", query.UserId), ("type", query.Type), ("entity_type", query.EntityType), ("kind", query.Kind),
        ])
        {
            where.Add($"{(where.IsEmpty ? "" : "+")}{column} = ?", value);
        }

        return where.Add("at >= ?", query.FromMs).Add("at <= ?", query.ToMs);
    }

    private bool Write(AuditEntry entry, int day, byte[] hash) =>
        Insert.Add(entry.Id).Add(entry.Partition.Topic).Add(entry.Partition.Number).Add(entry.Offset).Add(entry.AtMs).Add(entry.EntityType)
            .Add(entry.EntityId).Add(entry.Action).Add(entry.Type).Add(entry.Kind).Add(entry.CommandId).Add(entry.UserId).Add(entry.Actor)
            .Add(entry.ClientAddress).Add(entry.UserAgent).Add(entry.Changes).Add(entry.Reason).Add(entry.Outcome).Add(hash).Add(day)
            .RunCounting() == 1;

    private static AuditEntry Read(Statement row) => new(
        row.Guid(0), new PartitionId(row.Text(1), row.Int32(2)), row.Int64(3), row.Int64(4), row.Text(5), row.Text(6), row.Text(7), row.Text(8),
        row.TextOrNull(9), row.GuidOrNull(10), row.TextOrNull(11), row.Text(12), row.TextOrNull(13), row.TextOrNull(14), row.Array(15),
        row.TextOrNull(16), row.TextOrNull(17), row.Array(18));
}
