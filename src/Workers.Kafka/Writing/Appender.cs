using Confluent.Kafka;
using Workers.Engine.Faults;
using Workers.Engine.Log;

namespace Workers.Kafka.Writing;

/// <summary>
/// Appends single records for the doors: as many at a time as come, each told when all replicas in sync have it. Whoever is told that it
/// was not taken in time may find it there all the same: the answer of the brokers was lost.
/// </summary>
internal sealed class Appender : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Clients _clients;
    private readonly KafkaTopics _topics;
    private readonly Action<LogRecord> _appended;
    private readonly Lock _gate = new();
    private volatile IProducer<byte[], byte[]> _producer;

    /// <param name="appended">Told of each record with its offset.</param>
    public Appender(Clients clients, KafkaTopics topics, Action<LogRecord> appended)
    {
        (_clients, _topics, _appended) = (clients, topics, appended);
        _producer = Make();
        topics.Warm(_producer.Handle);
    }

    /// <summary>The record has its partition.</summary>
    public Task AppendAsync(LogRecord record)
    {
        var delivery = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var producer = _producer;
        try
        {
            producer.Produce(_topics.On(record), Wire.RecordWriter.Write(record), report => Delivered(producer, record, report, delivery));
            FailPoint.Hit("kafka-after-produce");
        }
        catch (Exception error) when (error is KafkaException or ObjectDisposedException)
        {
            delivery.SetException(new LogUnavailableException($"Kafka takes no records: {error.Message}.", error));
        }

        return delivery.Task;
    }

    public void Dispose() => Close(_producer);

    private void Delivered(IProducer<byte[], byte[]> producer, LogRecord record, DeliveryReport<byte[], byte[]> report, TaskCompletionSource delivery)
    {
        if (!report.Error.IsError)
        {
            FailPoint.Hit("kafka-after-acknowledge");
            record.Offset = report.Offset.Value;
            _appended(record);
            delivery.SetResult();
            return;
        }

        delivery.SetException(new LogUnavailableException($"Kafka did not take the record: {report.Error.Reason}.", new KafkaException(report.Error)));
        if (report.Error.Code == ErrorCode.Local_Fatal)
        {
            Replace(producer);
        }
    }

    private IProducer<byte[], byte[]> Make()
    {
        IProducer<byte[], byte[]>? made = null;
        made = _clients.Producer(config => config.DeliveryReportFields = "status", _ => Replace(made));
        return made;
    }

    private void Replace(IProducer<byte[], byte[]>? failed)
    {
        lock (_gate)
        {
            if (failed is null || _producer != failed)
            {
                return;
            }

            _producer = Make();
        }

        // Not here: this is a thread of the client that ends.
        new Thread(() => Close(failed)) { IsBackground = true, Name = "kafka producer ends" }.Start();
    }

    private static void Close(IProducer<byte[], byte[]> producer)
    {
        // What waits is told that it failed, or that it was in time.
        producer.Flush(Patience);
        producer.Dispose();
    }
}
