using System.Collections.Concurrent;
using Confluent.Kafka;
using Workers.Engine.Log;
using Workers.Kafka.Wire;

namespace Workers.Kafka.Reading;

/// <summary>A thread with a consumer of its own for single questions, which block: one record, the ends of a topic.</summary>
internal sealed class Lookups : IDisposable
{
    // A question that hangs is left to itself: the thread is a background thread and ends with the process.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(15);
    private const long FreshMs = 200;
    private const int LedAttempts = 10;
    private static readonly TimeSpan LedPause = TimeSpan.FromMilliseconds(100);

    private readonly TimeSpan _patience;
    private readonly KafkaTopics _topics;
    private readonly RecordReader _records;
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly BlockingCollection<Action> _questions = [];
    private readonly ConcurrentDictionary<string, (long AtMs, WatermarkOffsets[] Marks)> _marks = new();
    private readonly ConcurrentDictionary<PartitionId, long> _appended = new();
    private readonly Thread _thread;

    public Lookups(Clients clients, KafkaTopics topics, RecordReader records)
    {
        (_topics, _records, _patience) = (topics, records, clients.Options.ConsumerTimeout);
        _consumer = clients.Consumer("lookups", config =>
        {
            config.MaxPartitionFetchBytes = 65_536;

            // The client asks for what follows as soon as it has a record; at a log's end the next question would wait as long as that one does.
            config.FetchWaitMaxMs = 2;
        }).Build();
        _thread = new Thread(Run) { IsBackground = true, Name = "kafka lookups" };
        _thread.Start();
    }

    /// <summary>This process has appended it: no end is before it, however fresh the brokers' answer is.</summary>
    public void Appended(LogRecord record) =>
        _appended.AddOrUpdate(record.Where, static (_, end) => end, static (_, before, end) => Math.Max(before, end), record.Offset + 1);

    public async ValueTask<IReadOnlyList<long>> EndsAsync(string topic, CancellationToken cancellation) =>
        [.. (await MarksAsync(topic, cancellation).ConfigureAwait(false)).Select((m, n) => Math.Max(m.High.Value, _appended.GetValueOrDefault(new PartitionId(topic, n))))];

    public async ValueTask<IReadOnlyList<long>> StartsAsync(string topic, CancellationToken cancellation) =>
        [.. (await MarksAsync(topic, cancellation).ConfigureAwait(false)).Select(m => m.Low.Value)];

    public Task<LogRecord?> ReadAsync(PartitionId partition, long offset, CancellationToken cancellation) =>
        Ask(() => Read(_topics.On(partition), offset), cancellation);

    public void Dispose()
    {
        _questions.CompleteAdding();
        if (_thread.Join(LongestEnd))
        {
            _consumer.Dispose();
            _questions.Dispose();
        }
    }

    private async ValueTask<WatermarkOffsets[]> MarksAsync(string topic, CancellationToken cancellation)
    {
        if (!_marks.TryGetValue(topic, out var known) || Environment.TickCount64 - known.AtMs > FreshMs)
        {
            var partitions = _topics.Of(topic).Select(_topics.On).ToList();
            var marks = await LedAsync(() => Ask(() => Watermarks.Of(_consumer, partitions, _patience), cancellation), cancellation).ConfigureAwait(false);
            _marks[topic] = known = (Environment.TickCount64, [.. marks]);
        }

        return known.Marks;
    }

    // A partition that was just made, or whose leader has gone, is led again in a moment.
    private static async Task<T> LedAsync<T>(Func<Task<T>> ask, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask().ConfigureAwait(false);
            }
            catch (LogUnavailableException error) when (attempt < LedAttempts && error.InnerException is KafkaException
            {
                Error.Code: ErrorCode.NotLeaderForPartition or ErrorCode.LeaderNotAvailable,
            })
            {
                await Task.Delay(LedPause, cancellation).ConfigureAwait(false);
            }
        }
    }

    // While the brokers are away each question takes its patience: who stands behind others is not to wait for all of them.
    private async Task<T> Ask<T>(Func<T> question, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(_patience + _patience);
        var token = limited.Token;
        try
        {
            _questions.Add(() => Answer(question, answer, token), token);
        }
        catch (InvalidOperationException)
        {
            throw new LogUnavailableException("The log is closed.");
        }

        try
        {
            return await answer.Task.WaitAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new LogUnavailableException("Kafka does not answer.");
        }
    }

    private static void Answer<T>(Func<T> question, TaskCompletionSource<T> answer, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            answer.TrySetCanceled(cancellation);
            return;
        }

        try
        {
            answer.SetResult(question());
        }
        catch (KafkaException error)
        {
            answer.SetException(new LogUnavailableException($"Kafka does not answer: {error.Error.Reason}.", error));
        }
#pragma warning disable CA1031 // The thread's loop: whoever asked gets it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            answer.SetException(error);
        }
    }

    private void Run()
    {
        foreach (var question in _questions.GetConsumingEnumerable())
        {
            question();
        }
    }

    private LogRecord? Read(TopicPartition partition, long offset)
    {
        _consumer.Assign(new TopicPartitionOffset(partition, offset));
        try
        {
            return _consumer.Consume(_patience) switch
            {
                null => throw new LogUnavailableException("Kafka does not answer."),
                { IsPartitionEOF: true } => null,
                var found => found.Offset == offset ? _records.Read(found) : null,
            };
        }
        catch (ConsumeException error) when (error.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
        {
            return null;
        }
        finally
        {
            _consumer.Unassign();
        }
    }
}
