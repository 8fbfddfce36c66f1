using Confluent.Kafka;
using Workers.Engine.Log;

namespace Workers.Kafka.Writing;

/// <summary>
/// The relay's producer: waits for the brokers however long they are away, and leaves no gap in a partition: what follows a record that
/// is not taken is not taken either, and the sender has failed.
/// </summary>
internal sealed class RelaySender : IRelaySender
{
    private readonly KafkaTopics _topics;
    private readonly Action<Exception> _failed;
    private readonly IProducer<byte[], byte[]> _producer;
    private int _hasFailed;
    private volatile bool _closed;

    public RelaySender(Clients clients, KafkaTopics topics, Action<Exception> failed)
    {
        (_topics, _failed) = (topics, failed);
        _producer = clients.Producer(
            config =>
            {
                config.MessageTimeoutMs = 0;
                config.EnableGaplessGuarantee = true;
                config.LingerMs = 2;
                config.DeliveryReportFields = "none";
                config.QueueBufferingMaxMessages = 1_000_000;
            },
            error => Fail(new KafkaException(error)));
    }

    public void Send(IReadOnlyList<LogRecord> records, Action acknowledged)
    {
        if (records.Count == 0)
        {
            acknowledged();
            return;
        }

        var left = records.Count;
        void Delivered(DeliveryReport<byte[], byte[]> report)
        {
            if (report.Error.IsError)
            {
                Fail(new KafkaException(report.Error));
            }
            else if (Interlocked.Decrement(ref left) == 0)
            {
                Tell(acknowledged);
            }
        }

        foreach (var record in records)
        {
            record.Partition = Contracts.Murmur2.Partition(record.Key, _topics.Partitions(record.Topic));
            if (!Put(record, Delivered))
            {
                return;
            }
        }
    }

    public void Dispose()
    {
        _closed = true;
        _producer.Dispose();
    }

    private bool Put(LogRecord record, Action<DeliveryReport<byte[], byte[]>> delivered)
    {
        var message = Wire.RecordWriter.Write(record);
        while (!_closed)
        {
            try
            {
                _producer.Produce(_topics.On(record), message, delivered);
                return true;
            }
            catch (ProduceException<byte[], byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                // Its buffer is far larger than what pumps leave unacknowledged; until there is room.
                _producer.Flush(TimeSpan.FromMilliseconds(100));
            }
            catch (KafkaException error)
            {
                Fail(error);
                return false;
            }
        }

        return false;
    }

    private void Fail(Exception error)
    {
        if (!_closed && Interlocked.Exchange(ref _hasFailed, 1) == 0)
        {
            Tell(() => _failed(error));
        }
    }

    // On a thread of the client's, which must not see an exception: whoever listened may have gone.
    private static void Tell(Action listener)
    {
        try
        {
            listener();
        }
        catch (ObjectDisposedException)
        {
        }
    }
}
