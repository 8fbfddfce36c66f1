using System.Text.Json.Nodes;
using Workers.Engine.Projections;

namespace Workers.MongoDb.Audit;

/// <summary>
/// Entries (<c>audit</c>) and the heads of their chains (<c>audit_heads</c>: how many entries, the last one's hash, entries that nobody claimed).
/// <para>
/// There are no transactions, so an entry carries its place in its chain, and no two entries can have the same one. Entries are written first and in
/// order, then the heads are moved on: a crash leaves a beginning of the batch, rightly chained, behind a head that lags. The repeat of the batch finds those
/// entries by their ids, whatever it was cut into, goes on behind the last of them and moves the head. A worker that lost its partition and writes all the
/// same takes places too, or finds them taken; the chain stays one. Tests: MongoAuditTests.
/// </para>
/// </summary>
internal static class AuditTable
{
    public const string Entries = "audit";
    public const string Heads = "audit_heads";

    // Each time somebody else was faster; two workers on one partition are a matter of moments.
    private const int Attempts = 20;

    public static void EnsureIndexes(MongoClient client)
    {
        client.EnsureIndexes(
            Entries,
            [
                new("chain n", Unique: true), new("-at -_id"), new("entity_id -at -_id"), new("entity_type -at -_id"), new("user_id -at -_id"),
                new("command_id -at -_id"), new("type -at -_id"), new("kind -at -_id"),
            ]);
    }

    /// <summary>Adds the entries to their chains; those whose id is there already are left out.</summary>
    public static void Append(MongoClient client, IReadOnlyList<AuditEntry> entries)
    {
        for (var attempt = 0; entries.Count > 0; attempt++)
        {
            var chains = ChainTails.Read(client, entries.Select(ChainKey.Of).Distinct());
            if (Insert(client, entries, chains) && chains.SaveHeads(client))
            {
                return;
            }

            if (attempt == Attempts)
            {
                throw new Native.MongoFailure(0, 0, "Others keep writing to the same chains of the audit trail");
            }
        }
    }

    /// <summary>Writes those that are missing and moves the tails on. False: somebody else took a place meanwhile; a beginning may be written.</summary>
    internal static bool Insert(MongoClient client, IReadOnlyList<AuditEntry> entries, ChainTails chains)
    {
        var known = Known(client, entries.Select(e => e.Id));
        var writes = new List<MongoWrite>();
        foreach (var given in entries.Where(entry => !chains.IsTrimmed(entry)))
        {
            if (known.Add(Documents.Id(given.Id)))
            {
                var entry = AuditDocument.Storable(given);
                var (chain, place, hash) = chains.Add(entry);
                writes.Add(MongoWrite.Insert(AuditDocument.Write(entry, chain, place, hash)));
            }
            else
            {
                chains.Claim(given);
            }
        }

        chains.EnsureHeads(client);
        return client.Write(Entries, writes, ordered: true).Duplicates.Count == 0;
    }

    public static AuditEntry? Find(MongoClient client, Guid id) =>
        client.Find(Entries, new JsonObject { ["_id"] = Documents.Id(id) }, new JsonObject { ["limit"] = 1 }).Select(AuditDocument.Read).FirstOrDefault();

    /// <summary>By (time, id); and whether there may be more.</summary>
    public static (List<AuditEntry> Found, bool More) List(MongoClient client, AuditQuery query)
    {
        var filter = Matching(query).After("at", "_id", ListCursor.Read(query.Cursor), ascending: query.OldestFirst).Filter();
        var order = query.OldestFirst ? 1 : -1;
        var options = new JsonObject { ["sort"] = new JsonObject { ["at"] = order, ["_id"] = order }, ["limit"] = query.Limit + 1, [MongoClient.Limit] = MongoClient.LimitMs };
        var (found, bytes) = (new List<AuditEntry>(), 0L);
        foreach (var document in client.Find(Entries, filter, options))
        {
            if (found.Count == query.Limit || bytes > query.MaxBytes)
            {
                return (found, true);
            }

            found.Add(AuditDocument.Read(document));
            bytes += found[^1].Changes.Length;
        }

        return (found, false);
    }

    /// <summary>Without its cursor.</summary>
    public static ListTotal Count(MongoClient client, AuditQuery query)
    {
        var conditions = Matching(query);
        return client.CountList(Entries, conditions.Filter(), conditions.IsEmpty);
    }

    private static Conditions Matching(AuditQuery query) => new Conditions()
            .Equal("type", query.Type).Equal("kind", query.Kind).Equal("entity_type", query.EntityType).Equal("entity_id", query.EntityId).Equal("user_id", query.UserId)
            .Equal("command_id", Documents.IdOrNull(query.CommandId)).AtLeast("at", query.FromMs).AtMost("at", query.ToMs);

    private static HashSet<string> Known(MongoClient client, IEnumerable<Guid> ids) =>
    [
        .. client.Find(
            Entries,
            new JsonObject { ["_id"] = Documents.In(ids.Select(Documents.Id)) },
            new JsonObject { ["projection"] = new JsonObject { ["_id"] = 1 } },
            primary: true).Select(d => d.Text("_id")),
    ];
}
