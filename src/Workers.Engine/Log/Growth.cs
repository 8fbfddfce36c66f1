namespace Workers.Engine.Log;

/// <summary>The topics that are read by key got more partitions.</summary>
/// <param name="From">How many each had before.</param>
/// <param name="To">How many since.</param>
/// <param name="Ends">Of each topic, for each partition that it had: the offset after the last record that was placed among <paramref name="From"/>.</param>
public sealed record Growth(int From, int To, long AtMs, IReadOnlyDictionary<string, IReadOnlyList<long>> Ends)
{
    /// <summary>True where a record at that offset was placed before.</summary>
    public bool IsBefore(PartitionId partition, long offset) =>
        Ends.TryGetValue(partition.Topic, out var ends) && partition.Number < ends.Count && offset < ends[partition.Number];
}
