using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Tests.Follow;

namespace Workers.Tests.Api;

/// <summary>A log whose commands are executed, as the test says, as soon as they are appended.</summary>
internal sealed class WorkerLog(MemoryState state) : ILog
{
    private readonly Lock _gate = new();
    private readonly List<LogRecord> _records = [];

    public List<LogRecord> Records
    {
        get
        {
            lock (_gate)
            {
                return [.. _records];
            }
        }
    }

    /// <summary>How many appends there were: a batch is one.</summary>
    public int Appends { get; private set; }

    public bool IsAway { get; set; }

    /// <summary>What becomes of a command; null leaves it waiting.</summary>
    public Func<LogRecord, Outcome?> Execute { get; set; } = record => Outcomes.Succeeded(record, """{"done":true}""");

    /// <summary>Told of what an append has finished.</summary>
    public Action<Flush>? Committed { get; set; }

    public uint Identity => 1;

    public int Partitions(string topic) => 2;

    public Task AppendAsync(LogRecord record, CancellationToken cancellation) => AppendAsync([record], cancellation);

    public Task AppendAsync(IReadOnlyList<LogRecord> records, CancellationToken cancellation)
    {
        if (IsAway)
        {
            throw new LogUnavailableException("connection timeout");
        }

        var flush = new Flush { Position = new PositionMove("commands", new PartitionId(Topics.Commands, 0), 0, 0, 0) };
        lock (_gate)
        {
            Appends++;
            foreach (var record in records)
            {
                (record.Partition, record.Offset) = (Murmur2.Partition(record.Key, 2), _records.Count);
                _records.Add(record);
                Run(record, flush);
            }
        }

        Committed?.Invoke(flush);
        return Task.CompletedTask;
    }

    /// <summary>Ends a command that was left waiting.</summary>
    public void Finish(Outcome outcome)
    {
        state.Put(outcome);
        Committed?.Invoke(new Flush { Position = new PositionMove("commands", outcome.Partition, 0, 0, 0), Outcomes = { new OutcomeWrite(outcome, true) } });
    }

    /// <summary>Reads nothing, ever.</summary>
    public ILogReader OpenReader(IReadOnlyList<string> topics, Signal wake) => new MemoryLog(2).OpenReader(topics, wake);

    public ILogReader Join(GroupMember member, Signal wake) => throw new NotSupportedException();

    public ValueTask<LogRecord?> ReadAsync(PartitionId partition, long offset, CancellationToken cancellation) =>
        new(Records.Find(record => record.Where == partition && record.Offset == offset));

    public ValueTask<IReadOnlyList<long>> EndsAsync(string topic, CancellationToken cancellation) =>
        IsAway ? throw new LogUnavailableException("connection timeout") : new([Records.Count, Records.Count]);

    public ValueTask<IReadOnlyList<long>> LimitsAsync(string topic, CancellationToken cancellation) => EndsAsync(topic, cancellation);

    public ValueTask<IReadOnlyList<long>> StartsAsync(string topic, CancellationToken cancellation) => new([0L, 0L]);

    private void Run(LogRecord record, Flush flush)
    {
        var outcome = Guid.TryParse(record.Headers.Get(HeaderName.CallerKey), out var hash)
            && state.Claim(hash, record.Id, Convert.FromHexString(record.Headers.Get(HeaderName.Fingerprint)!)) is var first && first != record.Id
                ? Outcomes.Alias(record, first)
                : Execute(record);
        if (outcome is not null)
        {
            state.Put(outcome);
            flush.Outcomes.Add(new OutcomeWrite(outcome, false));
        }
    }
}
