using System.Collections.Concurrent;
using Confluent.Kafka;
using Workers.Engine.Faults;
using Workers.Engine.Health;
using Workers.Engine.Log;

namespace Workers.Kafka.Writing;

/// <summary>
/// Appends several records as one: a thread that writes what waits into one transaction after another. Readers see committed ones alone. A process that
/// ends within one holds the readers of its partitions back until the brokers give it up (<see cref="TransactionTimeout"/>).
/// </summary>
internal sealed class BatchAppender : IDisposable
{
    private const int MaxRecords = 2_000;
    private static readonly TimeSpan TransactionTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Clients _clients;
    private readonly KafkaTopics _topics;
    private readonly Action<LogRecord> _appended;
    private readonly BlockingCollection<Batch> _waiting = [];
    private readonly Thread _thread;
    private IProducer<byte[], byte[]>? _producer;

    public BatchAppender(Clients clients, KafkaTopics topics, Action<LogRecord> appended)
    {
        (_clients, _topics, _appended) = (clients, topics, appended);
        _thread = new Thread(Run) { IsBackground = true, Name = "kafka batches" };
        _thread.Start();
    }

    /// <summary>The records have their partitions.</summary>
    public Task AppendAsync(IReadOnlyList<LogRecord> records)
    {
        var batch = new Batch(records);
        try
        {
            _waiting.Add(batch);
        }
        catch (InvalidOperationException)
        {
            return Task.FromException(new LogUnavailableException("The log is closed."));
        }

        return batch.Task;
    }

    public void Dispose()
    {
        _waiting.CompleteAdding();
        _thread.Join();
        _waiting.Dispose();
    }

    private void Run()
    {
        // The first one costs seconds: before anybody waits for it.
        if (Try(() => _producer = Begin()) is { } early)
        {
            Abort(early);
        }

        foreach (var first in _waiting.GetConsumingEnumerable())
        {
            var batches = new List<Batch> { first };
            var records = first.Records.Count;
            while (records < MaxRecords && _waiting.TryTake(out var more))
            {
                batches.Add(more);
                records += more.Records.Count;
            }

            if (Try(() => Write(batches)) is { } error)
            {
                batches.ForEach(b => b.TrySetException(new LogUnavailableException($"Kafka did not take the records: {error.Message}.", error)));
                Abort(error);
            }
        }

        Drop();
    }

    private Exception? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
#pragma warning disable CA1031 // The thread's loop: whoever waits is told.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogMessages.BatchFailed(_clients.Logger, error.Cause());
            return error;
        }
    }

    private IProducer<byte[], byte[]> Begin()
    {
        var producer = _clients.Producer(config =>
        {
            // Its own each time: whoever has the same one ends the other's transactions.
            config.TransactionalId = $"{_clients.Options.Prefix}workers.batch.{Guid.NewGuid():N}";
            config.TransactionTimeoutMs = (int)TransactionTimeout.TotalMilliseconds;
            config.MessageTimeoutMs = Math.Min(config.MessageTimeoutMs!.Value, config.TransactionTimeoutMs.Value);
        });
        try
        {
            producer.InitTransactions(Patience);
            _topics.Warm(producer.Handle);
            return producer;
        }
        catch
        {
            producer.Dispose();
            throw;
        }
    }

    private void Write(List<Batch> batches)
    {
        _producer ??= Begin();
        var records = batches.SelectMany(b => b.Records).ToList();
        var offsets = new long[records.Count];

        // Not disposed of: after a failure reports still come.
        var delivered = new CountdownEvent(records.Count);
        _producer.BeginTransaction();
        for (var i = 0; i < records.Count; i++)
        {
            var place = i;
            _producer.Produce(_topics.On(records[i]), Wire.RecordWriter.Write(records[i]), report =>
            {
                offsets[place] = report.Error.IsError ? -1 : report.Offset.Value;
                delivered.Signal();
            });
        }

        FailPoint.Hit("kafka-before-commit");
        Commit(_producer);
        FailPoint.Hit("kafka-after-commit");
        delivered.Wait(Patience);
        for (var i = 0; i < records.Count; i++)
        {
            records[i].Offset = offsets[i];
            _appended(records[i]);
        }

        batches.ForEach(b => b.TrySetResult());
    }

    // Asked again until it is known: a commit that was begun may be done.
    private static void Commit(IProducer<byte[], byte[]> producer)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                producer.CommitTransaction(Patience);
                return;
            }
            catch (KafkaRetriableException) when (attempt < 3)
            {
            }
        }
    }

    private void Abort(Exception error)
    {
        try
        {
            if (error is KafkaTxnRequiresAbortException or not KafkaException { Error.IsFatal: true })
            {
                // Flushed first, else the abort can meet records on their way.
                _producer?.Flush(Patience);
                _producer?.AbortTransaction(Patience);
                return;
            }
        }
        catch (KafkaException)
        {
            // The brokers give the transaction up themselves.
        }

        Drop();
    }

    private void Drop()
    {
        _producer?.Dispose();
        _producer = null;
    }

    private sealed class Batch(IReadOnlyList<LogRecord> records) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public IReadOnlyList<LogRecord> Records => records;
    }
}
