using Workers.Engine.Store;

namespace Workers.Engine.Projections;

/// <summary>The audit trail: append-only, in order per partition, hash-chained per (day, partition). SQLite embedded, MongoDB in a cluster.</summary>
public interface IAuditStore
{
    Task<PositionRow> TakeAsync(string group, Log.PartitionId partition, CancellationToken cancellation);

    /// <summary>
    /// One transaction, or as <see cref="IReadModelStore.ApplyAsync"/> has it; an entry whose id is already there changes nothing, nor does one of a day that retention
    /// has taken.
    /// </summary>
    Task<FlushResult> AppendAsync(IReadOnlyList<PositionMove> positions, IReadOnlyList<AuditEntry> entries, CancellationToken cancellation);

    ValueTask<AuditEntry?> FindAsync(Guid id, CancellationToken cancellation);

    /// <summary>Newest first, unless asked otherwise.</summary>
    ValueTask<Page<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellation);

    /// <summary>
    /// Reads every chain of these days, hashes it again and compares its end with its head. No breaks: nothing was changed, taken out or put in. What an interrupted batch has
    /// left in a store without transactions is told as put in until its group has gone on.
    /// </summary>
    /// <param name="progress">Told now and then how many entries were read.</param>
    ValueTask<AuditVerification> VerifyAsync(AuditDays days, Action<long>? progress, CancellationToken cancellation);

    /// <summary>The days that retention has not taken, in any order.</summary>
    Task<IReadOnlyList<AuditDay>> DaysAsync(CancellationToken cancellation);

    /// <summary>
    /// Deletes all entries of the days before that one, in steps; how many. The heads of their chains stay, so that what is left verifies, and that a day is missing
    /// because of retention is told from one that somebody took out.
    /// </summary>
    Task<long> TrimAsync(int beforeDay, CancellationToken cancellation);
}

/// <param name="Id">Id of the record that it tells of.</param>
/// <param name="Partition">Where that record lay; the chain is per day and partition.</param>
/// <param name="Changes">UTF-8 JSON of what changed or was asked for, sensitive members masked.</param>
/// <param name="Hash">SHA-256 over the entry and the hash before it in its chain; made by the store.</param>
public sealed record AuditEntry(
    Guid Id, Log.PartitionId Partition, long Offset, long AtMs, string EntityType, string EntityId, string Action, string Type, string? Kind,
    Guid? CommandId, string? UserId, string Actor, string? ClientAddress, string? UserAgent, byte[] Changes, string? Reason, string? Outcome, byte[]? Hash);

public sealed record AuditQuery(
    string? Type, string? Kind, string? EntityType, string? EntityId, string? UserId, Guid? CommandId, long? FromMs, long? ToMs, int Limit, string? Cursor)
{
    /// <summary>Counts them (<see cref="ListTotal"/>).</summary>
    public bool WithTotal { get; init; }

    public bool OldestFirst { get; init; }

    /// <summary>A page ends sooner where what changed takes more bytes than this, behind at least one entry; it may then be followed by an empty one.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;
}
