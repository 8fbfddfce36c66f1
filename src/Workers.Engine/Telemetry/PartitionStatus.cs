using Workers.Engine.Log;

namespace Workers.Engine.Telemetry;

/// <summary>How far a group has come in a partition that this process serves.</summary>
/// <param name="Passed">Everything before this offset is committed.</param>
/// <param name="OldestMs">Timestamp of the oldest record that was read and is not committed; 0 where there is none.</param>
/// <param name="SetAside">Keys whose records wait for another attempt; of effects the rows under way.</param>
/// <param name="AtMs">When this was so.</param>
public sealed record PartitionStatus(string Group, PartitionId Partition, long Passed, long OldestMs, int SetAside, long AtMs);

/// <summary>Tells how far a group has come; readable from any thread, a few seconds old at most while all is well.</summary>
public interface IGroupStatus
{
    /// <summary>Of the group.</summary>
    string Name { get; }

    /// <summary>Topics.</summary>
    IReadOnlyList<string> Reads { get; }

    /// <summary>Of the partitions that are served here.</summary>
    IReadOnlyList<PartitionStatus> Status { get; }
}
