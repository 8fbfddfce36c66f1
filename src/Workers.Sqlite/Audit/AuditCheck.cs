using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.Audit;

/// <summary>
/// Hashes every chain again, one entry at a time, and compares its end with its head. Heads and the last row are of one moment; what is written later is not looked at,
/// so rows can be read in steps and a long look keeps no writer from its checkpoints.
/// </summary>
internal sealed class AuditCheck
{
    private const int Step = 5_000;

    private readonly AuditTable _table;
    private readonly AuditDays _days;
    private readonly Dictionary<(int Day, PartitionId Partition), AuditHead> _heads;
    private readonly Dictionary<(int Day, PartitionId Partition), Link> _links = [];

    // Entries of another day than that of their chain.
    private readonly List<(int Day, AuditEntry Entry)> _strays = [];

    private AuditCheck(AuditTable table, AuditDays days, Dictionary<(int Day, PartitionId Partition), AuditHead> heads) => (_table, _days, _heads) = (table, days, heads);

    public static AuditVerification Run(Connection connection, AuditDays days, Action<long>? progress, CancellationToken cancellation)
    {
        var table = new AuditTable(connection);
        var (heads, last) = connection.Together(() => (table.Heads.All(), table.Last()));
        var check = new AuditCheck(table, days, heads);
        var read = check.Read(last, progress, cancellation);

        // What retention has deleted meanwhile was not taken out by anybody else.
        var trimmed = table.Heads.All().Where(head => head.Value.IsTrimmed).Select(head => head.Key).ToHashSet();
        var breaks = check.Breaks(trimmed);
        return AuditVerification.Of(read, check._links.Count, trimmed.Count(chain => days.Has(chain.Day)), breaks);
    }

    private long Read(long last, Action<long>? progress, CancellationToken cancellation)
    {
        var (at, read) = (0L, 0L);
        while (at < last)
        {
            cancellation.ThrowIfCancellationRequested();
            var before = at;
            foreach (var (seq, day, entry) in _table.InOrder(at, last, Step))
            {
                at = seq;
                if (AuditChain.DayOf(entry.AtMs) != day)
                {
                    _strays.Add((day, entry));
                }

                if (_days.Has(day))
                {
                    Add(seq, day, entry);
                    read++;
                }
            }

            progress?.Invoke(read);
            if (at == before)
            {
                break;
            }
        }

        return read;
    }

    private void Add(long seq, int day, AuditEntry entry)
    {
        var chain = (day, entry.Partition);
        if (!_links.TryGetValue(chain, out var link))
        {
            _links[chain] = link = new Link();
        }

        link.Add(seq, entry, _heads.GetValueOrDefault(chain));
    }

    private IEnumerable<AuditBreak> Breaks(HashSet<(int Day, PartitionId Partition)> trimmed)
    {
        foreach (var ((day, partition), link) in _links)
        {
            var head = _heads.GetValueOrDefault((day, partition));
            if (head is { IsTrimmed: true })
            {
                // Its deletion is under way, or was interrupted: the next run goes on with it. What it has left was chained.
                continue;
            }

            if (!trimmed.Contains((day, partition)) && link.Break(day, partition, head, _table.Has) is { } broken)
            {
                yield return broken;
            }
        }

        // Where their chain is not looked at, nobody else finds them.
        foreach (var (day, entry) in _strays)
        {
            if (_days.Has(AuditChain.DayOf(entry.AtMs)) && (!_days.Has(day) || _heads.GetValueOrDefault((day, entry.Partition)) is { IsTrimmed: true }))
            {
                yield return AuditBreak.PutIn(AuditChain.DayOf(entry.AtMs), entry.Partition, entry.Id);
            }
        }

        foreach (var head in _heads.Values)
        {
            if (_days.Has(head.Day) && !_links.ContainsKey((head.Day, head.Partition)) && !trimmed.Contains((head.Day, head.Partition)))
            {
                yield return AuditBreak.MissingAtEnd(head.Day, head.Partition, head.Entries, 0);
            }

            if (head.Previous is { } previous && _days.Has(previous) && !_heads.ContainsKey((previous, head.Partition)) && !_links.ContainsKey((previous, head.Partition)))
            {
                yield return AuditBreak.NoDay(head.Day, head.Partition, previous);
            }
        }
    }

    /// <summary>A chain as far as it was read.</summary>
    private sealed class Link
    {
        private byte[] _hash = [];
        private byte[] _hashBefore = [];
        private Guid _last;
        private long _entries;
        private (Guid Id, long Seq, bool WasPutIn)? _broken;
        private Guid? _beyond;

        public void Add(long seq, AuditEntry entry, AuditHead? head)
        {
            if (_broken is null && !Follows(_hash, entry))
            {
                // It goes on behind the entry before the last one: that one is none of the chain's.
                _broken = _entries > 0 && Follows(_hashBefore, entry) ? (_last, seq, true) : (entry.Id, seq, false);
            }
            else if (_broken is { WasPutIn: false } broken && broken.Id == _last && !Follows(_hash, entry) && Follows(_hashBefore, entry))
            {
                _broken = broken with { WasPutIn = true };
            }

            _entries++;
            if (head is not null && _entries == head.Entries + 1)
            {
                _beyond = entry.Id;
            }

            (_hashBefore, _hash, _last) = (_hash, entry.Hash!, entry.Id);
        }

        public AuditBreak? Break(int day, PartitionId partition, AuditHead? head, Func<long, bool> hasRow)
        {
            if (_broken is { } broken)
            {
                return broken.WasPutIn || (broken.Id == _last && head is not null && head.Entries == _entries - 1 && Same(head.Hash, _hashBefore))
                    ? AuditBreak.PutIn(day, partition, broken.Id)
                    : (head is not null && _entries < head.Entries) || (broken.Seq > 1 && !hasRow(broken.Seq - 1))
                        ? AuditBreak.MissingBefore(day, partition, broken.Id)
                        : AuditBreak.Changed(day, partition, broken.Id);
            }

            return head is null ? AuditBreak.NoHead(day, partition)
                : _entries < head.Entries ? AuditBreak.MissingAtEnd(day, partition, head.Entries, _entries)
                : _entries > head.Entries ? AuditBreak.PutIn(day, partition, _beyond ?? _last)
                : Same(_hash, head.Hash) ? null
                : AuditBreak.OtherHead(day, partition, _last);
        }

        private static bool Follows(byte[] before, AuditEntry entry) => Same(AuditChain.Hash(before, entry), entry.Hash!);

        private static bool Same(byte[] one, byte[] other) => one.AsSpan().SequenceEqual(other);
    }
}
