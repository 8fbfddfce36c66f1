namespace Workers.Kafka;

/// <summary>Whether the topics have as many partitions as keys were placed by. Who places a key by another count looks for it where it is not.</summary>
internal static class PartitionCounts
{
    /// <summary>What is so, and what to do about it; null where all is well.</summary>
    /// <param name="there">Of each topic that is read by key, by Kafka's name for it.</param>
    /// <param name="stored">With how many the store was written; null where it was written with none yet.</param>
    public static (string State, string Remedy)? Wrong(IReadOnlyDictionary<string, int> there, int configured, int? stored)
    {
        var by = stored ?? configured;
        var more = there.Where(topic => topic.Value > by).Select(topic => $"{topic.Key} has {topic.Value}").ToList();
        var fewer = there.Where(topic => topic.Value < by).Select(topic => $"{topic.Key} has {topic.Value}").ToList();
        if (stored is { } known && more.Count + fewer.Count > 0)
        {
            return (
                $"{string.Join(", ", more.Concat(fewer))} partitions, but keys were placed, and are kept in the store, by {known}: the topics were changed by other means than 'Workers.Host partitions'",
                fewer.Count > 0
                    ? "Topics that were made anew with fewer partitions have lost their records: delete them, start with "
                        + $"Workers:Kafka:Partitions={known}, and set the positions (docs/operations.md, A partition stands still)."
                    : $"Kafka takes no partitions away: stop all processes, and run 'Workers.Host partitions --to {there.Values.Max()}', which executes what waits and takes what is kept where keys belong then.");
        }

        if (there.Count == 0)
        {
            // The topics are made: rightly only with as many.
            return by == configured ? null
                : ($"The store's keys are placed by {by} partitions, but {configured} are configured", $"Start with Workers:Kafka:Partitions={by}.");
        }

        if (there.Values.Distinct().Count() > 1)
        {
            return ($"{string.Join(", ", there.Select(topic => $"{topic.Key} has {topic.Value}"))} partitions: the topics were changed by other means than 'Workers.Host partitions'",
                $"Kafka takes no partitions away: stop all processes, and run 'Workers.Host partitions --to {there.Values.Max()}'.");
        }

        return null;
    }

    /// <summary>The same where all have as many as keys are placed by, and only the configuration says otherwise.</summary>
    public static (string State, string Remedy)? Configured(IReadOnlyDictionary<string, int> there, int configured) =>
        there.FirstOrDefault(topic => topic.Value != configured) is not { Key: { } name, Value: var count } ? null
        : ($"Topic {name} has {count} partitions, but {configured} are configured",
            $"start with Workers:Kafka:Partitions={count}"
                + (configured > count ? $", or change the topics with 'Workers.Host partitions --to {configured}'." : ", since there are never fewer."));
}
