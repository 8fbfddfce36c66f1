using System.Text.Json.Nodes;
using Workers.Engine.Projections;

namespace Workers.MongoDb.Audit;

/// <summary>
/// Hashes every chain again, one entry at a time, and compares its end with its head. Entries may be written meanwhile, so heads that are behind are looked at
/// again for a while: a batch in hand moves them on. What stays behind its head was put in, or is of a batch that was interrupted and that nobody goes on with.
/// </summary>
internal sealed class AuditCheck
{
    private const int Looks = 10;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<ChainKey, ChainHead> _heads = [];
    private readonly Dictionary<ChainKey, (long Entries, byte[] Hash)> _read = [];
    private readonly Dictionary<ChainKey, List<(Guid Id, byte[] Hash)>> _behind = [];
    private readonly Dictionary<ChainKey, AuditBreak> _breaks = [];

    public static IReadOnlyList<AuditBreak> Run(MongoClient client, CancellationToken cancellation)
    {
        var check = new AuditCheck();
        check.ReadHeads(client, []);
        var order = new JsonObject { ["sort"] = new JsonObject { ["chain"] = 1, ["n"] = 1 } };
        foreach (var document in client.Find(AuditTable.Entries, [], order, primary: true))
        {
            cancellation.ThrowIfCancellationRequested();
            check.Add(ChainKey.Parse(document.Text("chain")), document.Int64("n"), AuditDocument.Read(document));
        }

        check.CompareHeads(client, cancellation);
        return [.. check._breaks.Values.OrderBy(b => b.Day).ThenBy(b => b.Partition.ToString(), StringComparer.Ordinal)];
    }

    private void ReadHeads(MongoClient client, JsonObject filter)
    {
        foreach (var head in client.Find(AuditTable.Heads, filter, primary: true).Select(ChainHead.Read))
        {
            _heads[head.Chain] = head;
        }
    }

    private void Add(ChainKey chain, long place, AuditEntry entry)
    {
        var before = _read.GetValueOrDefault(chain, (0, []));
        if (place != before.Entries + 1 || !AuditChain.Hash(before.Hash, entry).AsSpan().SequenceEqual(entry.Hash))
        {
            Break(chain, entry.Id, "The entry, or one before it, is not what was hashed.");
        }

        _read[chain] = (place, entry.Hash!);
        var head = _heads.GetValueOrDefault(chain);
        if (head?.Entries == place && !head.Hash.AsSpan().SequenceEqual(entry.Hash))
        {
            Break(chain, entry.Id, "The entry is not the one that the head of the chain tells of.");
        }
        else if (head is null || head.Entries < place)
        {
            _behind.TryAdd(chain, []);
            _behind[chain].Add((entry.Id, entry.Hash!));
        }
    }

    private void CompareHeads(MongoClient client, CancellationToken cancellation)
    {
        var unsettled = Unsettled();
        for (var look = 0; look < Looks && unsettled.Count > 0 && !cancellation.WaitHandle.WaitOne(look == 0 ? TimeSpan.Zero : BetweenLooks); look++)
        {
            ReadHeads(client, new JsonObject { ["_id"] = Documents.In(unsettled.Select(chain => chain.ToString())) });
            unsettled = Unsettled();
        }

        cancellation.ThrowIfCancellationRequested();
        foreach (var chain in _read.Keys.Except(_heads.Keys))
        {
            Break(chain, null, "The chain has entries but no head.");
        }

        foreach (var (chain, head) in _heads)
        {
            Compare(chain, head);
        }
    }

    private List<ChainKey> Unsettled() =>
        [.. _read.Where(r => _heads.GetValueOrDefault(r.Key) is not { } head || head.Entries < r.Value.Entries || head.Unclaimed.Count > 0).Select(r => r.Key)];

    private void Compare(ChainKey chain, ChainHead head)
    {
        var last = _read.GetValueOrDefault(chain, (0, []));
        var behind = _behind.GetValueOrDefault(chain, []);
        var moved = (int)(head.Entries - (last.Entries - behind.Count));
        if (last.Entries < head.Entries && behind.Count == 0)
        {
            Break(chain, null, $"{head.Entries} entries were written, the last that is there is number {last.Entries}.");
        }
        else if (moved > 0 && moved <= behind.Count && !behind[moved - 1].Hash.AsSpan().SequenceEqual(head.Hash))
        {
            Break(chain, behind[moved - 1].Id, "The entry is not the one that the head of the chain tells of.");
        }
        else if (head.Entries < last.Entries)
        {
            Break(chain, behind[Math.Max(0, moved)].Id, "The chain goes on behind its head from this entry on: it was put in, or a batch was interrupted that the audit role has to finish.");
        }
        else if (head.Unclaimed.Count > 0)
        {
            Break(chain, Guid.ParseExact(head.Unclaimed[0], "D"), "The entry was put in: it is of no batch that was written.");
        }
    }

    private void Break(ChainKey chain, Guid? id, string problem) => _breaks.TryAdd(chain, new AuditBreak(chain.Day, chain.Partition, id, problem));
}
