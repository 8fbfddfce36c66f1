using Workers.Engine.Log;

namespace Workers.Sqlite.Audit;

/// <summary>How far a chain was written.</summary>
/// <param name="Hash">Of its last entry; empty before the first.</param>
/// <param name="Previous">The day of the chain before it in its partition; null where there was none, or where that was not noted yet.</param>
/// <param name="IsTrimmed">Retention has deleted its entries.</param>
/// <param name="IsStored">It has a row.</param>
internal sealed record AuditHead(int Day, PartitionId Partition, byte[] Hash, long Entries, int? Previous, bool IsTrimmed, bool IsStored)
{
    public static AuditHead New(int day, PartitionId partition) => new(day, partition, [], 0, null, IsTrimmed: false, IsStored: false);
}
