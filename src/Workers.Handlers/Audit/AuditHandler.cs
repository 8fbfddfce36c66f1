using Workers.Contracts;
using Workers.Engine.Follow;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Handlers.Projections;

namespace Workers.Handlers.Audit;

/// <summary>The audit trail: one entry for each command, each event, and each command's outcome. Tests: AuditTests.</summary>
internal sealed class AuditHandler(IAuditStore store, SensitiveMask mask) : IFollowHandler
{
    private readonly List<AuditEntry> _entries = [];

    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        store.TakeAsync(group, partition, cancellation);

    public void Add(LogRecord record) =>
        _entries.Add(record.Topic is Topics.Commands or Topics.Control ? AuditEntries.OfCommand(record, mask) : AuditEntries.OfEvent(record, mask));

    public async Task<FlushResult> CommitAsync(IReadOnlyList<PositionMove> positions, CancellationToken cancellation)
    {
        var result = await store.AppendAsync(positions, [.. _entries], cancellation).ConfigureAwait(false);
        _entries.Clear();
        return result;
    }

    public void Reset() => _entries.Clear();
}
