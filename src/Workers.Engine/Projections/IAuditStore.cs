using Workers.Engine.Store;

namespace Workers.Engine.Projections;

/// <summary>The audit trail: append-only, in order per partition, hash-chained per (day, partition). SQLite embedded, MongoDB in a cluster.</summary>
public interface IAuditStore
{
    Task<PositionRow> TakeAsync(string group, Log.PartitionId partition, CancellationToken cancellation);

    /// <summary>One transaction, or as <see cref="IReadModelStore.ApplyAsync"/> has it; an entry whose id is already there changes nothing.</summary>
    Task<FlushResult> AppendAsync(IReadOnlyList<PositionMove> positions, IReadOnlyList<AuditEntry> entries, CancellationToken cancellation);

    ValueTask<AuditEntry?> FindAsync(Guid id, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    ValueTask<Page<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellation);

    /// <summary>
    /// Reads every chain, hashes it again and compares its end with its head. Empty: nothing was changed, taken out or put in. What an interrupted batch has left in a
    /// store without transactions is told as put in until its group has gone on.
    /// </summary>
    ValueTask<IReadOnlyList<AuditBreak>> VerifyAsync(CancellationToken cancellation);
}

/// <param name="Id">Id of the record that it tells of.</param>
/// <param name="Partition">Where that record lay; the chain is per day and partition.</param>
/// <param name="Changes">UTF-8 JSON of what changed or was asked for, sensitive members masked.</param>
/// <param name="Hash">SHA-256 over the entry and the hash before it in its chain; made by the store.</param>
public sealed record AuditEntry(
    Guid Id, Log.PartitionId Partition, long Offset, long AtMs, string EntityType, string EntityId, string Action, string Type, string? Kind,
    Guid? CommandId, string? UserId, string Actor, string? ClientAddress, string? UserAgent, byte[] Changes, string? Reason, string? Outcome, byte[]? Hash);

public sealed record AuditQuery(
    string? Type, string? Kind, string? EntityType, string? EntityId, string? UserId, Guid? CommandId, long? FromMs, long? ToMs, int Limit, string? Cursor);

/// <summary>A chain that does not add up from this entry on.</summary>
/// <param name="Day">Days since 1970-01-01 (UTC).</param>
/// <param name="Id">The first entry that does not match; null where entries are missing at the end.</param>
public sealed record AuditBreak(int Day, Log.PartitionId Partition, Guid? Id, string Problem);
