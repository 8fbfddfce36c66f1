using Workers.Engine.Log;

namespace Workers.Engine.Projections;

/// <summary>Days since 1970-01-01 (UTC), both included.</summary>
public readonly record struct AuditDays(int From, int To)
{
    public static AuditDays All { get; } = new(int.MinValue, int.MaxValue);

    public bool Has(int day) => day >= From && day <= To;
}

/// <summary>What became of looking through the audit trail.</summary>
/// <param name="Entries">How many were read.</param>
/// <param name="Chains">How many chains, one a day and partition.</param>
/// <param name="Trimmed">How many more there were, whose entries retention has deleted.</param>
/// <param name="Breaks">The oldest day first; of each chain the first.</param>
public sealed record AuditVerification(long Entries, int Chains, int Trimmed, IReadOnlyList<AuditBreak> Breaks)
{
    /// <param name="breaks">In any order.</param>
    public static AuditVerification Of(long entries, int chains, int trimmed, IEnumerable<AuditBreak> breaks) =>
        new(entries, chains, trimmed, [.. breaks.OrderBy(b => b.Day).ThenBy(b => b.Partition.ToString(), StringComparer.Ordinal)]);
}

public enum AuditBreakKind
{
    /// <summary>An entry, or the head of its chain, is not what was hashed.</summary>
    Changed,

    /// <summary>Entries were taken out.</summary>
    Missing,

    /// <summary>An entry is there that nobody wrote.</summary>
    PutIn,
}

/// <summary>A chain that does not add up from this entry on.</summary>
/// <param name="Day">Days since 1970-01-01 (UTC).</param>
/// <param name="Id">The first entry that does not match; null where entries are missing at the end.</param>
public sealed record AuditBreak(int Day, PartitionId Partition, Guid? Id, AuditBreakKind Kind, string Problem)
{
    public static AuditBreak Changed(int day, PartitionId partition, Guid id) =>
        new(day, partition, id, AuditBreakKind.Changed, "The entry is not what was hashed: it was changed after it was written.");

    public static AuditBreak MissingBefore(int day, PartitionId partition, Guid id) =>
        new(day, partition, id, AuditBreakKind.Missing, "One or more entries before this one are missing.");

    public static AuditBreak MissingAtEnd(int day, PartitionId partition, long written, long there) =>
        new(day, partition, null, AuditBreakKind.Missing, $"{written} entries were written, {there} are there: the last are missing.");

    public static AuditBreak PutIn(int day, PartitionId partition, Guid id) =>
        new(day, partition, id, AuditBreakKind.PutIn, "The entry was put in: it is none of those that were written.");

    public static AuditBreak NoHead(int day, PartitionId partition) =>
        new(day, partition, null, AuditBreakKind.Missing, "The chain has entries but no head: its row in audit_heads was taken out.");

    public static AuditBreak OtherHead(int day, PartitionId partition, Guid? id) =>
        new(day, partition, id, AuditBreakKind.Changed, "The entry is not the one that the head of the chain tells of: one of the two was changed.");

    /// <param name="day">The day whose chain tells of the other.</param>
    /// <param name="missing">The day that is gone with its head.</param>
    public static AuditBreak NoDay(int day, PartitionId partition, int missing) =>
        new(missing, partition, null, AuditBreakKind.Missing, $"The chain of this day is missing as a whole; that of {DateOf(day)} tells that there was one.");

    /// <summary>As 2026-01-31; of a day that no calendar has the nearest.</summary>
    public static string DateOf(int day) => DateOnly.FromDayNumber((int)Math.Clamp((long)Epoch + day, 0, DateOnly.MaxValue.DayNumber)).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;
}
