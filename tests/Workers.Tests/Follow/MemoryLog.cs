using Workers.Contracts;
using Workers.Engine.Log;

namespace Workers.Tests.Follow;

/// <summary>A log in memory. As in the embedded one, offsets count over all partitions.</summary>
internal sealed class MemoryLog(int partitions = 4) : ILog
{
    private readonly List<LogRecord> _records = [];
    private readonly List<Signal> _wakes = [];

    public uint Identity { get; set; } = 1;

    /// <summary>Readers that were opened so far.</summary>
    public int Opened { get; private set; }

    /// <summary>Readers find nothing, though it is there.</summary>
    public bool IsStalled { get; set; }

    /// <summary>Who asks for the ends waits for it.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    /// <summary>Takes nothing.</summary>
    public bool IsAway { get; set; }

    public int Partitions(string topic) => partitions;

    public Task AppendAsync(LogRecord record, CancellationToken cancellation) => AppendAsync([record], cancellation);

    public Task AppendAsync(IReadOnlyList<LogRecord> records, CancellationToken cancellation)
    {
        if (IsAway)
        {
            throw new LogUnavailableException("away");
        }

        foreach (var record in records)
        {
            Append(record, Murmur2.Partition(record.Key, partitions));
        }

        return Task.CompletedTask;
    }

    public void Append(LogRecord record, int partition)
    {
        lock (_records)
        {
            (record.Partition, record.Offset) = (partition, _records.Count);
            _records.Add(record);
            _wakes.ForEach(w => w.Set());
        }
    }

    /// <summary>What lies in a topic.</summary>
    public List<LogRecord> Of(string topic)
    {
        lock (_records)
        {
            return [.. _records.Where(record => record.Topic == topic)];
        }
    }

    /// <summary>All is gone, and begins anew.</summary>
    public void Renew()
    {
        lock (_records)
        {
            _records.Clear();
            _wakes.ForEach(w => w.Set());
        }
    }

    public ILogReader OpenReader(IReadOnlyList<string> topics, Signal wake)
    {
        lock (_records)
        {
            Opened++;
            _wakes.Add(wake);
            return new Reader(this, [.. topics.SelectMany(topic => Enumerable.Range(0, partitions).Select(n => new PartitionId(topic, n)))], wake);
        }
    }

    public ILogReader Join(GroupMember member, Signal wake) => OpenReader(member.Topics, wake);

    public ValueTask<LogRecord?> ReadAsync(PartitionId partition, long offset, CancellationToken cancellation) => throw new NotSupportedException();

    public async ValueTask<IReadOnlyList<long>> EndsAsync(string topic, CancellationToken cancellation)
    {
        await Held.WaitAsync(cancellation);
        lock (_records)
        {
            return [.. Enumerable.Range(0, partitions)
                .Select(n => _records.Where(r => r.Where == new PartitionId(topic, n)).Select(r => r.Offset + 1).DefaultIfEmpty(0).Max())];
        }
    }

    public ValueTask<IReadOnlyList<long>> LimitsAsync(string topic, CancellationToken cancellation)
    {
        lock (_records)
        {
            return new([.. Enumerable.Repeat((long)_records.Count, partitions)]);
        }
    }

    public ValueTask<IReadOnlyList<long>> StartsAsync(string topic, CancellationToken cancellation) => new(new long[partitions]);

    private sealed class Reader(MemoryLog log, IReadOnlyList<PartitionId> owned, Signal wake) : ILogReader
    {
        public IReadOnlyList<PartitionId> Owned => owned;

        public void Released(PartitionId partition)
        {
        }

        public void Passed(PartitionId partition, long offset)
        {
        }

        public bool Fill(IReadOnlyList<PartitionCursor> cursors)
        {
            lock (log._records)
            {
                var found = false;
                foreach (var cursor in log.IsStalled ? [] : cursors)
                {
                    cursor.Halted ??= cursor.Next > log._records.Count ? "it ends before" : null;
                    while (cursor.HasRoom && cursor.Next < log._records.Count)
                    {
                        if (log._records[(int)cursor.Next++] is var record && record.Where == cursor.Partition)
                        {
                            cursor.Add(record);
                            found = true;
                        }
                    }
                }

                return found;
            }
        }

        public void Dispose()
        {
            lock (log._records)
            {
                log._wakes.Remove(wake);
            }
        }
    }
}
