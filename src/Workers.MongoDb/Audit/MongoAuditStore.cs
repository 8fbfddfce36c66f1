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

    public async ValueTask<Page<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellation) => Documents.Page(
        await reads.Run(client => AuditTable.List(client, query), cancellation),
        query.Limit,
        last => ListCursor.Write(last.AtMs, Documents.Id(last.Id)));

    public async ValueTask<IReadOnlyList<AuditBreak>> VerifyAsync(CancellationToken cancellation) =>
        await reads.Run(client => AuditCheck.Run(client, cancellation), cancellation);
}
