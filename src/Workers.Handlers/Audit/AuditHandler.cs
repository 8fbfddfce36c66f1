using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Follow;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Handlers.Projections;

namespace Workers.Handlers.Audit;

/// <summary>The audit trail: one entry for each command, each event, and each command's outcome. Tests: AuditTests.</summary>
/// <param name="ofCqrs">Whether what was asked at the doors of document 001 has an entry; what it changed always has.</param>
internal sealed class AuditHandler(IAuditStore store, SensitiveMask mask, bool ofCqrs) : IFollowHandler
{
    private readonly List<AuditEntry> _entries = [];

    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        store.TakeAsync(group, partition, cancellation);

    public void Add(LogRecord record)
    {
        if (!IsPassedOn(record) && (ofCqrs || !IsOfCqrs(record)))
        {
            _entries.Add(record.Topic is Topics.Commands or Topics.Control ? AuditEntries.OfCommand(record, mask) : AuditEntries.OfEvent(record, mask));
        }
    }

    // The commands group passes on what concerns every worker, under the same id: one entry, always that of where it came in. Of two records with one id the first that
    // is read would have it, and a trail that is made anew another hash.
    private static bool IsPassedOn(LogRecord record) =>
        record.Topic == Topics.Control && CommandCatalog.Find(record.Headers.Get(HeaderName.Type) ?? "") is { } info && info.Topic != Topics.Control;

    private static bool IsOfCqrs(LogRecord record) => record.Topic == Topics.Commands && (record.Headers.Get(HeaderName.Door) == "cqrs"
        || record.Headers.Get(HeaderName.Type) is nameof(PublishEvent) or nameof(SaveReadModel) or nameof(DeleteReadModel));

    public async Task<FlushResult> CommitAsync(IReadOnlyList<PositionMove> positions, CancellationToken cancellation)
    {
        var result = await store.AppendAsync(positions, [.. _entries], cancellation).ConfigureAwait(false);
        _entries.Clear();
        return result;
    }

    public void Reset() => _entries.Clear();
}
