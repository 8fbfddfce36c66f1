using Workers.Contracts;

namespace Workers.Engine.Log;

/// <summary>
/// How often the partitions grew, and where the log ended each time: records are not moved then, so where one belongs is judged by the count that held
/// when it was appended. Tests: PartitionHistoryTests.
/// </summary>
public sealed class PartitionHistory(IReadOnlyList<Growth> growths)
{
    /// <summary>They never grew.</summary>
    public static PartitionHistory None { get; } = new([]);

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<Growth> Growths => growths;

    /// <summary>How many growths a record at that offset has seen when it was appended.</summary>
    public int EraOf(PartitionId partition, long offset)
    {
        var era = 0;
        while (era < growths.Count && !growths[era].IsBefore(partition, offset))
        {
            era++;
        }

        return era;
    }

    /// <summary>It was appended before the last growth.</summary>
    public bool IsOld(LogRecord record) => growths.Count > 0 && EraOf(record.Where, record.Offset) < growths.Count;

    /// <summary>It is an old record that lies where its key belonged then.</summary>
    public bool Belonged(LogRecord record) => growths.Count > 0
        && EraOf(record.Where, record.Offset) is var era && era < growths.Count
        && Murmur2.Partition(record.Key, growths[era].From) == record.Partition;

    /// <summary>
    /// It lies where its key belongs, or belonged when it was appended. One that does not has a copy where it does, with the same id.
    /// </summary>
    /// <param name="partitions">How many its topic has now.</param>
    public bool Belongs(LogRecord record, int partitions) => Murmur2.Partition(record.Key, partitions) == record.Partition || Belonged(record);
}
