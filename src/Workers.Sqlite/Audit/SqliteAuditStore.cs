using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Sqlite.Native;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite.Audit;

/// <summary>The audit trail in the embedded file.</summary>
internal sealed class SqliteAuditStore(Writer writer, Readers readers, TimeSpan queryLimit) : IAuditStore
{
    private const int TrimStep = 1_000;

    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        writer.Enqueue(context => context.Positions.Take(group, partition));

    public Task<FlushResult> AppendAsync(IReadOnlyList<PositionMove> positions, IReadOnlyList<AuditEntry> entries, CancellationToken cancellation) =>
        writer.Enqueue(new AuditJob(positions, entries));

    public ValueTask<AuditEntry?> FindAsync(Guid id, CancellationToken cancellation) =>
        ValueTask.FromResult(readers.Read(connection => new AuditTable(connection).Find(id)));

    public ValueTask<Page<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellation)
    {
        var before = ListCursor.Read(query.Cursor) is { } at && Guid.TryParse(at.Id, out var id) ? (at.Sort, id) : ((long, Guid)?)null;
        var ((found, more), total) = readers.Read(connection => connection.Within(queryLimit, c =>
        {
            var table = new AuditTable(c);
            return (table.List(query, before), query.WithTotal ? table.Count(query) : (ListTotal?)null);
        }));
        return ValueTask.FromResult(new Page<AuditEntry>(found, more && found.Count > 0 ? ListCursor.Write(found[^1].AtMs, found[^1].Id.ToString()) : null, null).With(total));
    }

    public ValueTask<AuditVerification> VerifyAsync(AuditDays days, Action<long>? progress, CancellationToken cancellation) =>
        ValueTask.FromResult(readers.Read(connection => AuditCheck.Run(connection, days, progress, cancellation)));

    public Task<IReadOnlyList<AuditDay>> DaysAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<AuditDay>>(readers.Read(connection => new AuditHeads(connection).Days()));

    public async Task<long> TrimAsync(int beforeDay, CancellationToken cancellation)
    {
        await writer.Enqueue(context =>
        {
            context.Audit.Heads.Trim(beforeDay);
            return true;
        }).ConfigureAwait(false);
        var (total, deleted) = (0L, 0);
        do
        {
            cancellation.ThrowIfCancellationRequested();
            deleted = await writer.Enqueue(context => context.Audit.DeleteTrimmed(beforeDay, TrimStep)).ConfigureAwait(false);
            total += deleted;
        }
        while (deleted > 0);
        return total;
    }
}
