using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Tests.Follow;

namespace Workers.Tests.Projections;

/// <summary>An audit trail in memory, without its chain.</summary>
internal sealed class MemoryAudit : IAuditStore
{
    public MemoryPositions Positions { get; } = new();

    public Dictionary<Guid, AuditEntry> Entries { get; } = [];

    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) => Task.FromResult(Positions.Take(partition));

    public Task<FlushResult> AppendAsync(IReadOnlyList<PositionMove> positions, IReadOnlyList<AuditEntry> entries, CancellationToken cancellation) =>
        Task.FromResult(Positions.Commit(positions, () => entries.ToList().ForEach(e => Entries.TryAdd(e.Id, e))));

    public ValueTask<AuditEntry?> FindAsync(Guid id, CancellationToken cancellation) => new(Entries.GetValueOrDefault(id));

    public ValueTask<Page<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<AuditVerification> VerifyAsync(AuditDays days, Action<long>? progress, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Called before each deletion.</summary>
    public Action Deleting { get; set; } = () => { };

    public Task<IReadOnlyList<AuditDay>> DaysAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<AuditDay>>(
        [.. Entries.Values.GroupBy(entry => AuditChain.DayOf(entry.AtMs), (day, entries) => new AuditDay(day, entries.Count()))]);

    public Task<long> TrimAsync(int beforeDay, CancellationToken cancellation)
    {
        var old = Entries.Values.Where(entry => AuditChain.DayOf(entry.AtMs) < beforeDay).ToList();
        if (old.Count > 0)
        {
            Deleting();
            old.ForEach(entry => Entries.Remove(entry.Id));
        }

        return Task.FromResult((long)old.Count);
    }
}
