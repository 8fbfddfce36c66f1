using System.Text.Json.Nodes;
using Workers.Engine.Projections;

namespace Workers.MongoDb.Audit;

/// <summary>Deletes days that retention has taken, a chain after the other and in steps. The heads stay: marked first, so that nobody takes the rest for a chain with holes.</summary>
internal static class AuditTrimming
{
    public const int Step = 1_000;

    /// <summary>Those that are not marked.</summary>
    public static List<AuditDay> Days(MongoClient client) =>
    [
        .. client.Find(AuditTable.Heads, [], primary: true).Select(ChainHead.Read).Where(head => !head.IsTrimmed)
            .GroupBy(head => head.Chain.Day, (day, heads) => new AuditDay(day, heads.Sum(head => head.Entries))),
    ];

    /// <summary>Marks the chains of the days before that one; those that still have entries.</summary>
    public static List<ChainHead> Begin(MongoClient client, int beforeDay)
    {
        var old = client.Find(AuditTable.Heads, [], primary: true).Where(d => !d.TryGetProperty("emptied", out _)).Select(ChainHead.Read)
            .Where(head => head.Chain.Day < beforeDay).OrderBy(head => head.Chain.Day).ToList();
        client.Write(AuditTable.Heads, old.ConvertAll(head => Mark(head.Chain, "trimmed")));
        return old;
    }

    /// <summary>Deletes the chain's entries up to that place; how many.</summary>
    public static long Delete(MongoClient client, ChainKey chain, long to) =>
        Delete(client, new JsonObject { ["chain"] = chain.ToString(), ["n"] = new JsonObject { ["$lte"] = to } });

    /// <summary>Deletes what is left of the chain, wherever it is; how many.</summary>
    public static long DeleteRest(MongoClient client, ChainKey chain) => Delete(client, new JsonObject { ["chain"] = chain.ToString() });

    public static long End(MongoClient client, ChainKey chain) => client.Write(AuditTable.Heads, [Mark(chain, "emptied")]).Matched;

    private static long Delete(MongoClient client, JsonObject which) => client.Command(new JsonObject
    {
        ["delete"] = AuditTable.Entries,
        ["deletes"] = new JsonArray(new JsonObject { ["q"] = which, ["limit"] = 0 }),
    }).GetProperty("n").GetInt64();

    private static MongoWrite Mark(ChainKey chain, string what) =>
        MongoWrite.Update(new JsonObject { ["_id"] = chain.ToString() }, new JsonObject { ["$set"] = new JsonObject { [what] = true } });
}
