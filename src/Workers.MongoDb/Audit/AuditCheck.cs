using System.Text.Json.Nodes;
using Workers.Engine.Projections;

namespace Workers.MongoDb.Audit;

/// <summary>
/// Hashes every chain again, one entry at a time, and compares its end with its head. Entries may be written meanwhile, so heads that are behind are looked at
/// again for a while: a batch in hand moves them on. What stays behind its head was put in, or is of a batch that was interrupted and that nobody goes on with.
/// </summary>
internal sealed class AuditCheck(AuditDays days)
{
    private const int Told = 1_000;
    private const int Looks = 10;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<ChainKey, ChainHead> _heads = [];
    private readonly Dictionary<ChainKey, (long Entries, byte[] Hash)> _read = [];
    private readonly Dictionary<ChainKey, List<(Guid Id, byte[] Hash)>> _behind = [];
    private readonly Dictionary<ChainKey, AuditBreak> _breaks = [];

    public static AuditVerification Run(MongoClient client, AuditDays days, Action<long>? progress, CancellationToken cancellation)
    {
        var check = new AuditCheck(days);
        check.ReadHeads(client, []);
        var order = new JsonObject { ["sort"] = new JsonObject { ["chain"] = 1, ["n"] = 1 } };
        var read = 0L;
        foreach (var document in client.Find(AuditTable.Entries, Within(days), order, primary: true))
        {
            cancellation.ThrowIfCancellationRequested();
            var entry = AuditDocument.Read(document);
            if (ChainKey.TryParse(document.Text("chain")) is not { } chain || (chain.Day != AuditChain.DayOf(entry.AtMs) && !check.IsLookedAt(chain)))
            {
                // Where its chain is not looked at, nobody else finds it.
                check.Break(AuditBreak.PutIn(AuditChain.DayOf(entry.AtMs), entry.Partition, entry.Id), ChainKey.Of(entry));
            }
            else if (check.IsLookedAt(chain))
            {
                check.Add(chain, document.Int64("n"), entry);
                if (++read % Told == 0)
                {
                    progress?.Invoke(read);
                }
            }
        }

        progress?.Invoke(read);
        check.CompareHeads(client, cancellation);
        var trimmed = check._heads.Values.Count(head => head.IsTrimmed && days.Has(head.Chain.Day));
        return AuditVerification.Of(read, check._read.Count, trimmed, check._breaks.Values);
    }

    // By their times, which somebody may have changed: who asks for a range is told of what is wrong within it.
    private static JsonObject Within(AuditDays days) => days == AuditDays.All
        ? []
        : new Conditions().AtLeast("at", AuditChain.StartOf(days.From)).Less("at", AuditChain.StartOf(days.To) + AuditChain.StartOf(1)).Filter();

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
        if (place != before.Entries + 1)
        {
            Break(AuditBreak.MissingBefore(chain.Day, chain.Partition, entry.Id), chain);
        }
        else if (!AuditChain.Hash(before.Hash, entry).AsSpan().SequenceEqual(entry.Hash))
        {
            Break(AuditBreak.Changed(chain.Day, chain.Partition, entry.Id), chain);
        }

        _read[chain] = (place, entry.Hash!);
        var head = _heads.GetValueOrDefault(chain);
        if (head?.Entries == place && !head.Hash.AsSpan().SequenceEqual(entry.Hash))
        {
            Break(AuditBreak.OtherHead(chain.Day, chain.Partition, entry.Id), chain);
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

        // What retention has deleted meanwhile was not taken out by anybody else.
        foreach (var head in client.Find(AuditTable.Heads, [], primary: true).Select(ChainHead.Read).Where(head => head.IsTrimmed && _heads.ContainsKey(head.Chain)).ToList())
        {
            _heads[head.Chain] = head;
            _breaks.Remove(head.Chain);
        }

        foreach (var chain in _read.Keys.Except(_heads.Keys))
        {
            Break(AuditBreak.NoHead(chain.Day, chain.Partition), chain);
        }

        foreach (var (chain, head) in _heads)
        {
            if (days.Has(chain.Day) && !head.IsTrimmed)
            {
                Compare(chain, head);
            }

            var before = head.Previous is { } day ? chain with { Day = day } : chain;
            if (days.Has(before.Day) && !_heads.ContainsKey(before) && !_read.ContainsKey(before))
            {
                Break(AuditBreak.NoDay(chain.Day, chain.Partition, before.Day), before);
            }
        }
    }

    private bool IsLookedAt(ChainKey chain) => days.Has(chain.Day) && _heads.GetValueOrDefault(chain) is not { IsTrimmed: true };

    private List<ChainKey> Unsettled() =>
        [.. _read.Where(r => _heads.GetValueOrDefault(r.Key) is not { } head || head.Entries < r.Value.Entries || head.Unclaimed.Count > 0).Select(r => r.Key)];

    private void Compare(ChainKey chain, ChainHead head)
    {
        var last = _read.GetValueOrDefault(chain, (0, []));
        var behind = _behind.GetValueOrDefault(chain, []);
        var moved = (int)(head.Entries - (last.Entries - behind.Count));
        if (last.Entries < head.Entries && behind.Count == 0)
        {
            Break(AuditBreak.MissingAtEnd(chain.Day, chain.Partition, head.Entries, last.Entries), chain);
        }
        else if (moved > 0 && moved <= behind.Count && !behind[moved - 1].Hash.AsSpan().SequenceEqual(head.Hash))
        {
            Break(AuditBreak.OtherHead(chain.Day, chain.Partition, behind[moved - 1].Id), chain);
        }
        else if (head.Entries < last.Entries)
        {
            Break(Behind(chain, behind[Math.Max(0, moved)].Id), chain);
        }
        else if (head.Unclaimed.Count > 0)
        {
            Break(AuditBreak.PutIn(chain.Day, chain.Partition, Guid.ParseExact(head.Unclaimed[0], "D")), chain);
        }
    }

    private static AuditBreak Behind(ChainKey chain, Guid id) => AuditBreak.PutIn(chain.Day, chain.Partition, id) with
    {
        Problem = "The chain goes on behind its head from this entry on: it was put in, or a batch was interrupted that the audit role has to finish.",
    };

    private void Break(AuditBreak broken, ChainKey chain) => _breaks.TryAdd(chain, broken);
}
