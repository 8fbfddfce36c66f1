using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Workers.Engine.Log;
using Workers.Kafka.Wire;

namespace Workers.Kafka.Reading;

/// <summary>
/// Partitions read ahead by a thread of its own, which alone uses the consumer: it never waits for a partition that is full, so that its group keeps it. Where to read
/// is told by the cursors. Tests: KafkaReaderTests.
/// </summary>
internal sealed class KafkaLogReader : ILogReader
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LeaveWithin = TimeSpan.FromSeconds(60);

    // Kept from the finalizer; they leave their group when they are not heard of any more.
    private static readonly ConcurrentBag<IConsumer<byte[], byte[]>> Abandoned = [];

    private readonly Clients _clients;
    private readonly KafkaTopics _topics;
    private readonly RecordReader _records;
    private readonly GroupMember _member;
    private readonly bool _shares;
    private readonly Signal _wake;
    private readonly Ownership _ownership;
    private readonly ConcurrentDictionary<PartitionId, PartitionBuffer> _buffers = new();
    private readonly ConcurrentDictionary<PartitionId, long> _passed = new();
    private readonly ConcurrentQueue<PartitionBuffer> _asked = new();
    private readonly Thread _thread;
    private volatile Exception? _failure;
    private volatile bool _closing;
    private bool _joined;

    /// <param name="shares">False: it reads all partitions, without a group.</param>
    public KafkaLogReader(Clients clients, KafkaTopics topics, RecordReader records, GroupMember member, bool shares, Signal wake)
    {
        (_clients, _topics, _records, _member, _shares, _wake) = (clients, topics, records, member, shares, wake);
        _ownership = new Ownership(wake);
        if (!shares)
        {
            Add(member.Topics.SelectMany(topics.Of));
        }

        _thread = new Thread(Run) { IsBackground = true, Name = $"kafka {member.Group} {member.Index}" };
        _thread.Start();
    }

    public IReadOnlyList<PartitionId>? Owned => _ownership.Owned;

    /// <summary>A worker that does not poll for so long loses its partitions.</summary>
    private TimeSpan MaxPoll => TimeSpan.FromSeconds(Math.Max(60, 2 * _clients.Options.SessionTimeout.TotalSeconds));

    public void Released(PartitionId partition) => _ownership.Released(partition);

    public void Passed(PartitionId partition, long offset)
    {
        if (_shares)
        {
            _passed[partition] = offset;
        }
    }

    public bool Fill(IReadOnlyList<PartitionCursor> cursors)
    {
        if (_failure is { } failure)
        {
            throw new LogUnavailableException($"The reader of {_member.Group} cannot go on: {failure.Message}.", failure);
        }

        var found = false;
        for (var i = 0; i < cursors.Count; i++)
        {
            var cursor = cursors[i];
            if (cursor.HasRoom && _buffers.TryGetValue(cursor.Partition, out var buffer))
            {
                found |= buffer.Take(cursor, out var asks);
                if (asks)
                {
                    _asked.Enqueue(buffer);
                }
            }
        }

        return found;
    }

    public void Dispose()
    {
        _closing = true;
        _ownership.Close();

        // A background thread: where the brokers are away it ends with the process.
        _thread.Join(CloseWithin);
    }

    private void Run()
    {
        IConsumer<byte[], byte[]>? consumer = null;
        try
        {
            consumer = Open();
            var polling = new Polling(consumer, _clients, _topics, _records, _buffers, _wake);
            while (!_closing)
            {
                polling.Serve(_asked);
                Pass(consumer);
                polling.Poll();
            }

            Leave(consumer, polling);
        }
#pragma warning disable CA1031 // The end of a thread: who fills cursors is told, and joins anew.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogMessages.ReaderFailed(_clients.Logger, _member.Group, error);
            _failure = error;
            _ownership.Close();
            _wake.Set();
            Abandon(consumer);
        }
    }

    private void Leave(IConsumer<byte[], byte[]> consumer, Polling polling)
    {
        var until = Environment.TickCount64 + (long)LeaveWithin.TotalMilliseconds;
        while (_shares && !_joined && Environment.TickCount64 < until)
        {
            polling.Poll();
        }

        if (_shares && !_joined)
        {
            Abandon(consumer);
            return;
        }

        Pass(consumer);
        consumer.Close();
        consumer.Dispose();
    }

    // librdkafka 2.0 ends the process when a member is destroyed that has asked to join a cooperative group and was not given anything yet.
    private void Abandon(IConsumer<byte[], byte[]>? consumer)
    {
        if (consumer is null || _joined || !_shares)
        {
            consumer?.Dispose();
        }
        else
        {
            Abandoned.Add(consumer);
        }
    }

    private IConsumer<byte[], byte[]> Open()
    {
        var names = _member.Topics.Select(_topics.NameOf);
        if (!_shares)
        {
            // A partition is assigned when the first cursor comes.
            return _clients.Consumer("reader", _ => { }).Build();
        }

        var consumer = _clients.Consumer(_member.Group, config =>
            {
                config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
                config.SessionTimeoutMs = (int)_clients.Options.SessionTimeout.TotalMilliseconds;

                // Members hear of each round of a rebalance with a heartbeat.
                config.HeartbeatIntervalMs = Math.Min(500, config.SessionTimeoutMs.Value / 4);
                config.MaxPollIntervalMs = (int)MaxPoll.TotalMilliseconds;

                // Only what Passed has stored, in the background; nobody ever starts from it.
                config.EnableAutoCommit = true;
                config.AutoCommitIntervalMs = 5_000;
            })
            .SetPartitionsAssignedHandler((c, partitions) => Assigned(c, partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Revoked(partitions))
            .SetPartitionsLostHandler((_, partitions) => Remove(partitions))
            .Build();
        consumer.Subscribe(names);
        return consumer;
    }

    // Where to begin is known when the first cursor comes: until then only what is new is fetched, and dropped.
    private List<TopicPartitionOffset> Assigned(IConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions)
    {
        _joined = true;
        var given = string.Join(", ", partitions.Select(_topics.Of));
        LogMessages.Took(_clients.Logger, partitions.Count > 0 && _clients.IsNews(_member, given) ? LogLevel.Information : LogLevel.Debug, _member.Group, given);
        var starts = new List<TopicPartitionOffset>(partitions.Count);
        foreach (var topic in partitions.GroupBy(p => p.Topic).Select(of => of.ToList()))
        {
            try
            {
                starts.AddRange(topic.Zip(Watermarks.Of(consumer, topic, Patience), (place, marks) => new TopicPartitionOffset(place, marks.High)));
            }
            catch (KafkaException error)
            {
                LogMessages.ClientTrouble(_clients.Logger, error.Error.Code, error.Error.Reason);
                starts.AddRange(topic.Select(place => new TopicPartitionOffset(place, 0)));
            }
        }

        Add(partitions.Select(_topics.Of));
        return starts;
    }

    private void Revoked(List<TopicPartitionOffset> partitions)
    {
        var gone = Remove(partitions);
        if (gone.Count > 0 && !_ownership.WaitFor(gone, MaxPoll / 2))
        {
            LogMessages.NotReleased(_clients.Logger, _member.Group, string.Join(", ", gone));
        }
    }

    private void Add(IEnumerable<PartitionId> partitions)
    {
        var added = partitions.ToList();
        foreach (var id in added)
        {
            _buffers[id] = new PartitionBuffer(id, _clients.Options.MaxBufferedRecords);
        }

        _ownership.Add(added);
    }

    private List<PartitionId> Remove(List<TopicPartitionOffset> partitions)
    {
        var gone = partitions.ConvertAll(p => _topics.Of(p.TopicPartition));
        foreach (var id in gone)
        {
            _buffers.TryRemove(id, out _);
            _passed.TryRemove(id, out _);
        }

        _ownership.Remove(gone);
        return gone;
    }

    private void Pass(IConsumer<byte[], byte[]> consumer)
    {
        foreach (var (partition, offset) in _passed)
        {
            _passed.TryRemove(new(partition, offset));
            try
            {
                consumer.StoreOffset(new TopicPartitionOffset(_topics.On(partition), offset));
            }
            catch (KafkaException error)
            {
                LogMessages.NotPassed(_clients.Logger, partition.ToString(), error);
            }
        }
    }
}
