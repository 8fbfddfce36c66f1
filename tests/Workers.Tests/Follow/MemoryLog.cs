using Workers.Contracts;
using Workers.Engine.Log;

namespace Workers.Tests.Follow;

/// <summary>A log in memory. As in the embedded one, offsets count over all partitions.</summary>
internal sealed class MemoryLog(int partitions = 4) : ILog
{
    private readonly List<LogRecord> _records = [];
    private readonly List<Signal> _wakes = [];

    public int Partitions(string topic) => partitions;

    public Task AppendAsync(LogRecord record, CancellationToken cancellation) => AppendAsync([record], cancellation);

    public Task AppendAsync(IReadOnlyList<LogRecord> records, CancellationToken cancellation)
    {
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

    public ILogReader OpenReader(IReadOnlyList<string> topics, Signal wake)
    {
        lock (_records)
        {
            _wakes.Add(wake);
            return new Reader(this, [.. topics.SelectMany(topic => Enumerable.Range(0, partitions).Select(n => new PartitionId(topic, n)))], wake);
        }
    }

    public ILogReader Join(GroupMember member, Signal wake) => OpenReader(member.Topics, wake);

    public ValueTask<LogRecord?> ReadAsync(PartitionId partition, long offset, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<long>> EndsAsync(string topic, CancellationToken cancellation)
    {
        lock (_records)
        {
            return new([.. Enumerable.Range(0, partitions)
                .Select(n => _records.Where(r => r.Where == new PartitionId(topic, n)).Select(r => r.Offset + 1).DefaultIfEmpty(0).Max())]);
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
                foreach (var cursor in cursors)
                {
                    foreach (var record in log._records.Skip((int)cursor.Next).Where(r => r.Where == cursor.Partition))
                    {
                        cursor.Add(record);
                        found = true;
                    }

                    cursor.Next = log._records.Count;
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
