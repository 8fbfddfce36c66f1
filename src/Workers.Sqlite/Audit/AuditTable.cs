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

    private Statement Head => field ??= connection.Prepare("SELECT hash, entries FROM audit_heads WHERE day = ? AND topic = ? AND part = ?");

    private Statement SaveHead => field ??= connection.Prepare("""
        INSERT INTO audit_heads(day, topic, part, entries, hash) VALUES(?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET entries = excluded.entries, hash = excluded.hash
        """);

    /// <summary>Adds the entries to their chains; those whose id is there already are left out.</summary>
    public void Append(IReadOnlyList<AuditEntry> entries)
    {
        var heads = new Dictionary<(int Day, PartitionId Partition), (byte[] Hash, long Entries)>();
        foreach (var entry in entries)
        {
            var chain = (AuditChain.DayOf(entry.AtMs), entry.Partition);
            var head = heads.TryGetValue(chain, out var known) ? known : FindHead(chain);
            var hash = AuditChain.Hash(head.Hash, entry);
            heads[chain] = Write(entry, chain.Item1, hash) ? (hash, head.Entries + 1) : head;
        }

        foreach (var ((day, partition), head) in heads)
        {
            SaveHead.Add(day).Add(partition.Topic).Add(partition.Number).Add(head.Entries).Add(head.Hash).Run();
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

    /// <summary>All entries in the order in which they were chained, one at a time.</summary>
    public IEnumerable<(int Day, AuditEntry Entry)> InOrder()
    {
        var rows = connection[$"SELECT {Columns}, day FROM audit ORDER BY seq"];
        while (rows.Step())
        {
            yield return (rows.Int32(19), Read(rows));
        }
    }

    public Dictionary<(int Day, PartitionId Partition), (byte[] Hash, long Entries)> Heads()
    {
        var heads = new Dictionary<(int, PartitionId), (byte[], long)>();
        var rows = connection["SELECT day, topic, part, hash, entries FROM audit_heads"];
        while (rows.Step())
        {
            heads.Add((rows.Int32(0), new PartitionId(rows.Text(1), rows.Int32(2))), (rows.Array(3), rows.Int64(4)));
        }

        return heads;
    }

    /// <summary>Newest first by (time, id).</summary>
    public List<AuditEntry> List(AuditQuery query, (long AtMs, Guid Id)? before)
    {
        var where = new Conditions()
            .Add("type = ?", query.Type).Add("kind = ?", query.Kind).Add("entity_type = ?", query.EntityType).Add("entity_id = ?", query.EntityId)
            .Add("user_id = ?", query.UserId).Add("command_id = ?", query.CommandId).Add("at >= ?", query.FromMs).Add("at <= ?", query.ToMs);
        if (before is { } at)
        {
            where.Add("(at, id) < (?, ?)", at.AtMs, at.Id);
        }

        var rows = where.AddTo(connection[$"SELECT {Columns} FROM audit {where} ORDER BY at DESC, id DESC LIMIT ?"]).Add(query.Limit + 1);
        var found = new List<AuditEntry>();
        while (rows.Step())
        {
            found.Add(Read(rows));
        }

        return found;
    }

    private (byte[] Hash, long Entries) FindHead((int Day, PartitionId Partition) chain)
    {
        var rows = Head.Add(chain.Day).Add(chain.Partition.Topic).Add(chain.Partition.Number);
        if (!rows.Step())
        {
            return ([], 0);
        }

        var head = (rows.Array(0), rows.Int64(1));
        rows.Reset();
        return head;
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
