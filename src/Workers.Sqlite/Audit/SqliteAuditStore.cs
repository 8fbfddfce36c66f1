using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Sqlite.Native;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite.Audit;

/// <summary>The audit trail in the embedded file.</summary>
internal sealed class SqliteAuditStore(Writer writer, Readers readers) : IAuditStore
{
    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        writer.Enqueue(context => context.Positions.Take(group, partition));

    public Task<FlushResult> AppendAsync(IReadOnlyList<PositionMove> positions, IReadOnlyList<AuditEntry> entries, CancellationToken cancellation) =>
        writer.Enqueue(new AuditJob(positions, entries));

    public ValueTask<AuditEntry?> FindAsync(Guid id, CancellationToken cancellation) =>
        ValueTask.FromResult(readers.Read(connection => new AuditTable(connection).Find(id)));

    public ValueTask<Page<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellation)
    {
        var before = ListCursor.Read(query.Cursor) is { } at && Guid.TryParse(at.Id, out var id) ? (at.Sort, id) : ((long, Guid)?)null;
        var found = readers.Read(connection => new AuditTable(connection).List(query, before));
        if (found.Count <= query.Limit)
        {
            return ValueTask.FromResult(new Page<AuditEntry>(found, null, null));
        }

        found.RemoveAt(query.Limit);
        return ValueTask.FromResult(new Page<AuditEntry>(found, ListCursor.Write(found[^1].AtMs, found[^1].Id.ToString()), null));
    }

    public ValueTask<IReadOnlyList<AuditBreak>> VerifyAsync(CancellationToken cancellation) =>
        ValueTask.FromResult(readers.Read(connection =>
        {
            // Heads and entries of one moment.
            connection.Execute("BEGIN");
            var breaks = Verify(new AuditTable(connection), cancellation);
            connection.Execute("COMMIT");
            return breaks;
        }));

    private static IReadOnlyList<AuditBreak> Verify(AuditTable table, CancellationToken cancellation)
    {
        var breaks = new Dictionary<(int Day, PartitionId Partition), AuditBreak>();
        var chains = new Dictionary<(int Day, PartitionId Partition), (byte[] Hash, long Entries)>();
        var heads = table.Heads();
        foreach (var (day, entry) in table.InOrder())
        {
            cancellation.ThrowIfCancellationRequested();
            var chain = (day, entry.Partition);
            var before = chains.GetValueOrDefault(chain, ([], 0));
            if (!AuditChain.Hash(before.Hash, entry).AsSpan().SequenceEqual(entry.Hash))
            {
                breaks.TryAdd(chain, new AuditBreak(day, entry.Partition, entry.Id, "The entry, or one before it, is not what was hashed."));
            }

            chains[chain] = (entry.Hash!, before.Entries + 1);
        }

        foreach (var (chain, head) in heads)
        {
            var last = chains.GetValueOrDefault(chain, ([], 0));
            if (last.Entries != head.Entries || !last.Hash.AsSpan().SequenceEqual(head.Hash))
            {
                breaks.TryAdd(chain, new AuditBreak(chain.Day, chain.Partition, null, $"{head.Entries} entries were written, {last.Entries} are there."));
            }
        }

        foreach (var chain in chains.Keys.Where(chain => !heads.ContainsKey(chain)))
        {
            breaks.TryAdd(chain, new AuditBreak(chain.Day, chain.Partition, null, "The chain has entries but no head."));
        }

        return [.. breaks.Values.OrderBy(b => b.Day).ThenBy(b => b.Partition.ToString(), StringComparer.Ordinal)];
    }
}
