using System.Text.Json.Nodes;
using Workers.Engine.Projections;

namespace Workers.MongoDb.Audit;

/// <summary>
/// Hashes every chain again, one entry at a time. Heads are read first and entries may be written meanwhile, or be of a batch whose heads are not moved yet:
/// behind its head a chain may go on, as long as it adds up.
/// </summary>
internal sealed class AuditCheck
{
    private readonly Dictionary<ChainKey, (long Entries, byte[] Hash)> _heads = [];
    private readonly Dictionary<ChainKey, (long Entries, byte[] Hash)> _read = [];
    private readonly Dictionary<ChainKey, AuditBreak> _breaks = [];

    public static IReadOnlyList<AuditBreak> Run(MongoClient client, CancellationToken cancellation)
    {
        var check = new AuditCheck();
        foreach (var head in client.Find(AuditTable.Heads, [], primary: true))
        {
            check._heads.Add(ChainKey.Parse(head.Text("_id")), (head.Int64("entries"), head.Bytes("hash")));
        }

        var order = new JsonObject { ["sort"] = new JsonObject { ["chain"] = 1, ["n"] = 1 } };
        foreach (var document in client.Find(AuditTable.Entries, [], order, primary: true))
        {
            cancellation.ThrowIfCancellationRequested();
            check.Add(ChainKey.Parse(document.Text("chain")), document.Int64("n"), AuditDocument.Read(document));
        }

        check.CompareHeads(client);
        return [.. check._breaks.Values.OrderBy(b => b.Day).ThenBy(b => b.Partition.ToString(), StringComparer.Ordinal)];
    }

    private void Add(ChainKey chain, long place, AuditEntry entry)
    {
        var before = _read.GetValueOrDefault(chain, (0, []));
        if (place != before.Entries + 1 || !AuditChain.Hash(before.Hash, entry).AsSpan().SequenceEqual(entry.Hash))
        {
            Break(chain, entry.Id, "The entry, or one before it, is not what was hashed.");
        }

        _read[chain] = (place, entry.Hash!);
        if (_heads.TryGetValue(chain, out var head) && head.Entries == place && !head.Hash.AsSpan().SequenceEqual(entry.Hash))
        {
            Break(chain, entry.Id, "The entry is not the one that the head of the chain tells of.");
        }
    }

    private void CompareHeads(MongoClient client)
    {
        foreach (var (chain, head) in _heads)
        {
            var last = _read.GetValueOrDefault(chain, (0, []));
            if (last.Entries < head.Entries)
            {
                Break(chain, null, $"{head.Entries} entries were written, the last that is there is number {last.Entries}.");
            }
        }

        // A chain that was begun meanwhile has its head by now.
        var headless = _read.Keys.Where(chain => !_heads.ContainsKey(chain)).ToDictionary(chain => chain.ToString());
        if (headless.Count > 0)
        {
            var found = client.Find(AuditTable.Heads, new JsonObject { ["_id"] = Documents.In(headless.Keys) }, primary: true).Select(d => d.Text("_id"));
            foreach (var chain in headless.Keys.Except(found).ToList())
            {
                Break(headless[chain], null, "The chain has entries but no head.");
            }
        }
    }

    private void Break(ChainKey chain, Guid? id, string problem) => _breaks.TryAdd(chain, new AuditBreak(chain.Day, chain.Partition, id, problem));
}
