using System.Text.Json.Nodes;
using Workers.Engine.Projections;

namespace Workers.MongoDb.Audit;

/// <summary>Where some chains end: at their heads, or behind them where a batch was interrupted before it moved the heads.</summary>
internal sealed class ChainTails
{
    private readonly Dictionary<ChainKey, Tail> _tails = [];

    public static ChainTails Read(MongoClient client, IEnumerable<ChainKey> keys)
    {
        var chains = new ChainTails();
        foreach (var key in keys)
        {
            chains._tails.Add(key, new Tail(0, [], HasHead: false));
        }

        var heads = new JsonObject { ["_id"] = Documents.In(chains._tails.Keys.Select(k => k.ToString())) };
        foreach (var head in client.Find(AuditTable.Heads, heads, primary: true))
        {
            chains._tails[ChainKey.Parse(head.Text("_id"))] = new Tail(head.Int64("entries"), head.Bytes("hash"), HasHead: true);
        }

        var behind = chains._tails.Select(
            JsonNode (t) => new JsonObject { ["chain"] = t.Key.ToString(), ["n"] = new JsonObject { ["$gt"] = t.Value.Entries } });
        var options = new JsonObject
        {
            ["sort"] = new JsonObject { ["chain"] = 1, ["n"] = 1 },
            ["projection"] = new JsonObject { ["chain"] = 1, ["n"] = 1, ["hash"] = 1 },
        };
        foreach (var entry in client.Find(AuditTable.Entries, Conditions.Either([.. behind]), options, primary: true))
        {
            var key = ChainKey.Parse(entry.Text("chain"));
            chains._tails[key] = chains._tails[key] with { Entries = entry.Int64("n"), Hash = entry.Bytes("hash") };
        }

        return chains;
    }

    /// <summary>Gives the entry the next place of its chain.</summary>
    public (ChainKey Chain, long Place, byte[] Hash) Add(AuditEntry entry)
    {
        var key = ChainKey.Of(entry);
        var tail = _tails[key];
        var hash = AuditChain.Hash(tail.Hash, entry);
        _tails[key] = tail with { Entries = tail.Entries + 1, Hash = hash, IsNew = tail.IsNew || tail is { HasHead: false, Entries: 0 } };
        return (key, tail.Entries + 1, hash);
    }

    /// <summary>A chain's head comes before its first entry, so that a chain without one tells that it was taken out; it is not made again.</summary>
    public void EnsureHeads(MongoClient client) => client.Write(
        AuditTable.Heads,
        [
            .. _tails.Where(t => t.Value.IsNew).Select(t => MongoWrite.Update(
                new JsonObject { ["_id"] = t.Key.ToString() },
                new JsonObject { ["$setOnInsert"] = new JsonObject { ["entries"] = 0, ["hash"] = Documents.Binary([]) } },
                upsert: true)),
        ]);

    /// <summary>Moves the heads on to here; never back. False where none had to be moved.</summary>
    public bool SaveHeads(MongoClient client) => client.Write(
        AuditTable.Heads,
        [
            .. _tails.Select(t => MongoWrite.Update(
                new JsonObject { ["_id"] = t.Key.ToString(), ["entries"] = new JsonObject { ["$lt"] = t.Value.Entries } },
                new JsonObject { ["$set"] = new JsonObject { ["entries"] = t.Value.Entries, ["hash"] = Documents.Binary(t.Value.Hash) } })),
        ]).Matched > 0;

    private sealed record Tail(long Entries, byte[] Hash, bool HasHead)
    {
        public bool IsNew { get; init; }
    }
}
