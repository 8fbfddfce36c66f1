using System.Text.Json.Nodes;
using Workers.Engine.Projections;

namespace Workers.MongoDb.Audit;

/// <summary>
/// Where some chains end: at their heads, or behind them where a batch was interrupted before it moved the heads. A head moves on to the last entry of a
/// batch that is written for the position; entries that it passes on the way and that no batch has claimed yet are noted beside it.
/// </summary>
internal sealed class ChainTails
{
    private readonly Dictionary<ChainKey, Tail> _tails = [];

    public static ChainTails Read(MongoClient client, IEnumerable<ChainKey> keys)
    {
        var chains = new ChainTails();
        foreach (var key in keys)
        {
            chains._tails.Add(key, new Tail());
        }

        var heads = new JsonObject { ["_id"] = Documents.In(chains._tails.Keys.Select(k => k.ToString())) };
        foreach (var head in client.Find(AuditTable.Heads, heads, primary: true).Select(ChainHead.Read))
        {
            chains._tails[head.Chain] = new Tail(head);
        }

        var behind = chains._tails.Select(
            JsonNode (t) => new JsonObject { ["chain"] = t.Key.ToString(), ["n"] = new JsonObject { ["$gt"] = t.Value.Moved } });
        var options = new JsonObject
        {
            ["sort"] = new JsonObject { ["chain"] = 1, ["n"] = 1 },
            ["projection"] = new JsonObject { ["chain"] = 1, ["n"] = 1, ["hash"] = 1 },
        };
        foreach (var entry in client.Find(AuditTable.Entries, Conditions.Either([.. behind]), options, primary: true))
        {
            chains._tails[ChainKey.Parse(entry.Text("chain"))].Found(entry.Text("_id"), entry.Int64("n"), entry.Bytes("hash"));
        }

        return chains;
    }

    /// <summary>Retention has taken the entry's day: none comes to it any more.</summary>
    public bool IsTrimmed(AuditEntry entry) => _tails[ChainKey.Of(entry)].IsTrimmed;

    /// <summary>Gives the entry the next place of its chain.</summary>
    public (ChainKey Chain, long Place, byte[] Hash) Add(AuditEntry entry)
    {
        var key = ChainKey.Of(entry);
        var (place, hash) = _tails[key].Add(entry);
        return (key, place, hash);
    }

    /// <summary>The entry is there already.</summary>
    public void Claim(AuditEntry entry) => _tails[ChainKey.Of(entry)].Claim(Documents.Id(entry.Id));

    /// <summary>A chain's head comes before its first entry, so that a chain without one tells that it was taken out; it is not made again.</summary>
    public void EnsureHeads(MongoClient client)
    {
        var made = _tails.Where(t => t.Value.IsNew).Select(t => t.Key).ToList();
        if (made.Count == 0)
        {
            return;
        }

        // Few rows a day: they are looked through for the day before when one is made.
        var known = client.Find(AuditTable.Heads, [], primary: true).Select(d => ChainKey.Parse(d.Text("_id"))).Union(made).ToList();
        client.Write(AuditTable.Heads, [.. made.Select(chain => MongoWrite.Update(
            new JsonObject { ["_id"] = chain.ToString() }, new JsonObject { ["$setOnInsert"] = First(chain, known) }, upsert: true))]);
    }

    private static JsonObject First(ChainKey chain, List<ChainKey> known)
    {
        var head = new JsonObject { ["entries"] = 0, ["hash"] = Documents.Binary([]), ["moves"] = 0 };
        if (known.Where(k => k.Partition == chain.Partition && k.Day < chain.Day).Select(k => (int?)k.Day).Max() is { } previous)
        {
            head.Add("previous", previous);
        }

        return head;
    }

    /// <summary>Moves the heads on to the last entries of the batch; never back. False where somebody else has moved one meanwhile.</summary>
    public bool SaveHeads(MongoClient client)
    {
        var moves = _tails.Where(t => t.Value.MustMove).Select(t => t.Value.Move(t.Key)).ToList();
        return client.Write(AuditTable.Heads, moves).Matched == moves.Count;
    }

    private sealed class Tail(ChainHead? head = null)
    {
        private readonly List<(string Id, long Place, byte[] Hash)> _behind = [];
        private readonly HashSet<string> _claimed = [];
        private (long Place, byte[] Hash) _end = (head?.Entries ?? 0, head?.Hash ?? []);
        private (long Place, byte[] Hash) _own = (head?.Entries ?? 0, head?.Hash ?? []);

        public long Moved => head?.Entries ?? 0;

        public bool IsTrimmed => head?.IsTrimmed == true;

        public bool IsNew { get; private set; }

        public bool MustMove => (head is not null || IsNew) && (_own.Place > Moved || head?.Unclaimed.Any(_claimed.Contains) == true);

        public void Found(string id, long place, byte[] hash)
        {
            _behind.Add((id, place, hash));
            _end = (place, hash);
        }

        public (long Place, byte[] Hash) Add(AuditEntry entry)
        {
            IsNew |= head is null && _end.Place == 0;
            return _own = _end = (_end.Place + 1, AuditChain.Hash(_end.Hash, entry));
        }

        public void Claim(string id)
        {
            _claimed.Add(id);
            if (_behind.Find(e => e.Id == id) is { Place: > 0 } found && found.Place > _own.Place)
            {
                _own = (found.Place, found.Hash);
            }
        }

        public MongoWrite Move(ChainKey chain)
        {
            var unclaimed = (head?.Unclaimed ?? []).Concat(_behind.Where(e => e.Place < _own.Place).Select(e => e.Id)).Where(id => !_claimed.Contains(id));
            return MongoWrite.Update(
                new JsonObject { ["_id"] = chain.ToString(), ["moves"] = head?.Moves ?? 0 },
                new JsonObject
                {
                    ["$set"] = new JsonObject
                    {
                        ["entries"] = _own.Place,
                        ["hash"] = Documents.Binary(_own.Hash),
                        ["unclaimed"] = Documents.Array(unclaimed),
                        ["moves"] = (head?.Moves ?? 0) + 1,
                    },
                });
        }
    }
}
