using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Workers.Kafka;

namespace Workers.EndToEnd.Cluster;

/// <summary>Does to a cluster's topics what only their operator can.</summary>
internal sealed class KafkaAdmin : IDisposable
{
    private readonly IAdminClient _client;
    private readonly Cluster _cluster;

    public KafkaAdmin(Cluster cluster)
    {
        NativeClient.Load();
        (_cluster, _client) = (cluster, new AdminClientBuilder(new ClientConfig { BootstrapServers = cluster.Kafka }).Build());
    }

    /// <summary>Deletes all records that are there now.</summary>
    public Task CutAsync(string topic, int partition) => _client.DeleteRecordsAsync([new TopicPartitionOffset(_cluster.NameOf(topic), partition, Offset.End)]);

    /// <summary>Gives one topic more partitions, past the program.</summary>
    public Task GrowAsync(string topic, int to) => _client.CreatePartitionsAsync([new PartitionsSpecification { Topic = _cluster.NameOf(topic), IncreaseTo = to }]);

    /// <summary>Deletes the topic, and makes one of the same name.</summary>
    public async Task MakeAnewAsync(string topic, int partitions)
    {
        await _client.DeleteTopicsAsync([_cluster.NameOf(topic)]);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await _client.CreateTopicsAsync([new TopicSpecification { Name = _cluster.NameOf(topic), NumPartitions = partitions, ReplicationFactor = -1 }]);
                return;
            }
            catch (CreateTopicsException error) when (error.Results[0].Error.Code == ErrorCode.TopicAlreadyExists && attempt < 100)
            {
                // Brokers forget a topic in their own time, and say nothing when they have.
                await Task.Delay(100);
            }
        }
    }

    public void Dispose() => _client.Dispose();
}
