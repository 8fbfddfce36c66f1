using Confluent.Kafka;

namespace Workers.Kafka.Reading;

/// <summary>
/// Where partitions begin and end, asked of their leaders. Not by <c>QueryWatermarkOffsets</c>: in librdkafka that goes on for ever while the broker it
/// knows as the leader is down, whatever its timeout.
/// </summary>
internal static class Watermarks
{
    private const long Earliest = -2;
    private const long Latest = -1;

    /// <summary>In the order of the partitions, which are of one topic.</summary>
    /// <exception cref="KafkaException">Not answered in time, or by who is not the leader any more; who leads is looked up for the next question.</exception>
    public static List<WatermarkOffsets> Of(IConsumer<byte[], byte[]> consumer, IReadOnlyList<TopicPartition> partitions, TimeSpan patience)
    {
        try
        {
            var (low, high) = (Ask(consumer, partitions, Earliest, patience), Ask(consumer, partitions, Latest, patience));
            return [.. partitions.Select(p => new WatermarkOffsets(low[p.Partition], high[p.Partition]))];
        }
        catch (KafkaException)
        {
            Refresh(consumer, partitions[0].Topic, patience);
            throw;
        }
    }

    private static Dictionary<Partition, Offset> Ask(IConsumer<byte[], byte[]> consumer, IReadOnlyList<TopicPartition> partitions, long time, TimeSpan patience)
    {
        try
        {
            return consumer.OffsetsForTimes(partitions.Select(p => new TopicPartitionTimestamp(p, new Timestamp(time, TimestampType.NotAvailable))), patience)
                .ToDictionary(found => found.Partition, found => found.Offset);
        }
        catch (TopicPartitionOffsetException error) when (error.Results.Find(result => result.Error.IsError) is { } failed)
        {
            throw new KafkaException(failed.Error);
        }
    }

    // librdkafka goes on asking the broker it knows, for minutes, where nothing is subscribed.
    private static void Refresh(IConsumer<byte[], byte[]> consumer, string topic, TimeSpan patience)
    {
        try
        {
            using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            admin.GetMetadata(topic, patience);
        }
        catch (KafkaException)
        {
            // The next question looks again.
        }
    }
}
