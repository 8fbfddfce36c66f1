using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.MongoDb.Audit;

/// <summary>The audit trail in MongoDB.</summary>
internal sealed class MongoAuditStore(MongoThreads writes, MongoThreads reads) : IAuditStore
{
    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        writes.Run(client => Positions.Take(client, group, partition), cancellation);

    public Task<FlushResult> AppendAsync(IReadOnlyList<PositionMove> positions, IReadOnlyList<AuditEntry> entries, CancellationToken cancellation) =>
        writes.Run(client => Positions.Flush(client, positions, () => AuditTable.Append(client, entries)), cancellation);

    public async ValueTask<AuditEntry?> FindAsync(Guid id, CancellationToken cancellation) =>
        await reads.Run(client => AuditTable.Find(client, id), cancellation);

    public async ValueTask<Page<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellation)
    {
        var ((found, more), total) = await reads.Run(
            client => (AuditTable.List(client, query), query.WithTotal ? AuditTable.Count(client, query) : (ListTotal?)null), cancellation);
        return new Page<AuditEntry>(found, more && found.Count > 0 ? ListCursor.Write(found[^1].AtMs, Documents.Id(found[^1].Id)) : null, null).With(total);
    }

    public async ValueTask<AuditVerification> VerifyAsync(AuditDays days, Action<long>? progress, CancellationToken cancellation) =>
        await reads.Run(client => AuditCheck.Run(client, days, progress, cancellation), cancellation);

    public async Task<IReadOnlyList<AuditDay>> DaysAsync(CancellationToken cancellation) => await writes.Run(AuditTrimming.Days, cancellation);

    public async Task<long> TrimAsync(int beforeDay, CancellationToken cancellation)
    {
        var total = 0L;
        foreach (var head in await writes.Run(client => AuditTrimming.Begin(client, beforeDay), cancellation))
        {
            var deleted = 0L;
            for (var place = 0L; place < head.Entries; place += AuditTrimming.Step)
            {
                deleted += await writes.Run(client => AuditTrimming.Delete(client, head.Chain, place + AuditTrimming.Step), cancellation);
            }

            // A batch that was interrupted is behind the head, and whoever read the head before it was marked may still write there: so it is looked at until a run finds nothing.
            deleted += await writes.Run(client => AuditTrimming.DeleteRest(client, head.Chain), cancellation);
            total += deleted;
            if (deleted == 0)
            {
                await writes.Run(client => AuditTrimming.End(client, head.Chain), cancellation);
            }
        }

        return total;
    }
}
