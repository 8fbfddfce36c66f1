using System.Collections.Concurrent;
using Confluent.Kafka;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Kafka.Wire;

namespace Workers.Kafka.Reading;

/// <summary>The polling thread's work: does what the buffers ask for, and puts into them what the brokers send.</summary>
internal sealed class Polling(
    IConsumer<byte[], byte[]> consumer, Clients clients, KafkaTopics topics, RecordReader records, ConcurrentDictionary<PartitionId, PartitionBuffer> buffers,
    Signal wake)
{
    private const int AtOnce = 1_000;
    private const int MaxDoubts = 10;
    private const long RetryMs = 300;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(20);

    private readonly List<(PartitionBuffer Buffer, long AtMs)> _again = [];

    public void Serve(ConcurrentQueue<PartitionBuffer> asked)
    {
        for (var i = _again.Count - 1; i >= 0; i--)
        {
            if (_again[i].AtMs <= Environment.TickCount64)
            {
                var buffer = _again[i].Buffer;
                _again.RemoveAt(i);
                Serve(buffer);
            }
        }

        while (asked.TryDequeue(out var buffer))
        {
            Serve(buffer);
        }
    }

    /// <summary>Waits a little for the first record, and takes those that are there.</summary>
    public void Poll()
    {
        var wait = Idle;
        for (var i = 0; i < AtOnce; i++)
        {
            try
            {
                if (consumer.Consume(wait) is not { } found)
                {
                    return;
                }

                wait = TimeSpan.Zero;
                Take(found);
            }
            catch (ConsumeException error) when (!error.Error.IsFatal)
            {
                Failed(error);
                return;
            }
        }
    }

    private void Take(ConsumeResult<byte[], byte[]> found)
    {
        if (!buffers.TryGetValue(topics.Of(found.TopicPartition), out var buffer))
        {
            return;
        }

        if (found.IsPartitionEOF)
        {
            if (buffer.Reached(found.Offset.Value))
            {
                wake.Set();
            }

            return;
        }

        if (buffer.Add(records.Read(found)))
        {
            consumer.Pause([found.TopicPartition]);
            buffer.Paused = true;
        }

        wake.Set();
    }

    private void Failed(ConsumeException error)
    {
        var where = error.ConsumerRecord?.TopicPartition;
        if (where?.Topic is null || !buffers.TryGetValue(topics.Of(where), out var buffer))
        {
            LogMessages.ClientTrouble(clients.Logger, error.Error.Code, error.Error.Reason);
            return;
        }

        if (buffer.Wanted is null)
        {
            LogMessages.ReadFailed(clients.Logger, buffer.Partition.ToString(), error.Cause());
            buffer.ReadAgain();
            Later(buffer);
        }
    }

    private void Serve(PartitionBuffer buffer)
    {
        if (!buffers.TryGetValue(buffer.Partition, out var current) || current != buffer)
        {
            return;
        }

        try
        {
            if (buffer.Wanted is { } wanted)
            {
                Seek(buffer, wanted);
            }
            else if (buffer.TakeResume())
            {
                Resume(buffer);
            }
        }
        catch (KafkaException error) when (!error.Error.IsFatal)
        {
            // Brokers away, or the assignment is not through yet.
            LogMessages.ClientTrouble(clients.Logger, error.Error.Code, error.Error.Reason);
            Later(buffer);
        }
    }

    private void Seek(PartitionBuffer buffer, long wanted)
    {
        var place = topics.On(buffer.Partition);
        var marks = Watermarks.Of(consumer, [place], Patience)[0];
        var start = buffer.FromOldest ? marks.Low.Value : wanted;
        if (start < marks.Low || start > marks.High)
        {
            Doubt(buffer, wanted, marks);
            return;
        }

        Place(new TopicPartitionOffset(place, start));
        Resume(buffer);
        buffer.Doubts = 0;
        buffer.Sought(wanted, start);
        wake.Set();
    }

    // Only what is paused: librdkafka 2.0 begins others again where they were placed last.
    private void Resume(PartitionBuffer buffer)
    {
        if (buffer.Paused)
        {
            consumer.Resume([topics.On(buffer.Partition)]);
            buffer.Paused = false;
        }
    }

    // Never a logical offset: librdkafka 2.0 looks that up on its own time, and a seek in between is undone by the answer.
    private void Place(TopicPartitionOffset start)
    {
        if (!consumer.Assignment.Contains(start.TopicPartition))
        {
            consumer.IncrementalAssign([start]);
            return;
        }

        try
        {
            consumer.Seek(start);
        }
        catch (KafkaException error) when (error.Error.Code == ErrorCode.Local_State)
        {
            // Reading has stopped: at an offset outside the log, say.
            consumer.IncrementalUnassign([start.TopicPartition]);
            consumer.IncrementalAssign([start]);
        }
    }

    // A broker that has just become the leader may not know the end yet: it is asked again before the partition is given up.
    private void Doubt(PartitionBuffer buffer, long wanted, WatermarkOffsets marks)
    {
        if (++buffer.Doubts < MaxDoubts)
        {
            Later(buffer);
            return;
        }

        buffer.Doubts = 0;
        buffer.Halt(wanted, wanted > marks.High
            ? $"The stored position {wanted} lies behind the end of the log, which has {marks.Low.Value} to {marks.High.Value}: the topic was made anew, or lost records"
            : $"The stored position {wanted} is no longer in the log, which has {marks.Low.Value} to {marks.High.Value}: records were deleted before they were read");
        wake.Set();
    }

    private void Later(PartitionBuffer buffer) => _again.Add((buffer, Environment.TickCount64 + RetryMs));
}
