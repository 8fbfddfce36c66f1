using System.Collections.Immutable;
using Workers.Engine.Log;
using Workers.Sqlite.Native;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite.Log;

/// <summary>The log in the embedded file.</summary>
internal sealed class SqliteLog(TopicTable topics, LogCounters published, Readers readers, uint identity) : ILog
{
    private ImmutableArray<SqliteLogReader> _readers = [];
    private Writer? _writer;

    public uint Identity => identity;

    public int Partitions(string topic) => topics[topic].Partitions;

    public Task AppendAsync(LogRecord record, CancellationToken cancellation) => _writer!.Append(record);

    public Task AppendAsync(IReadOnlyList<LogRecord> records, CancellationToken cancellation) =>
        records.Count == 0 ? Task.CompletedTask : _writer!.Append(records);

    public ILogReader OpenReader(IReadOnlyList<string> names, Signal wake) => Join(new GroupMember("", names, 0, 1), wake);

    public ILogReader Join(GroupMember member, Signal wake)
    {
        var reader = new SqliteLogReader([.. member.Topics.Select(name => topics[name])], member, topics, published, readers.Open(), wake, Closed);
        ImmutableInterlocked.Update(ref _readers, static (all, one) => all.Add(one), reader);
        return reader;
    }

    public ValueTask<LogRecord?> ReadAsync(PartitionId partition, long offset, CancellationToken cancellation)
    {
        var topic = topics[partition.Topic];
        return ValueTask.FromResult(readers.Read(connection =>
        {
            var rows = connection["SELECT record FROM log WHERE seq = ? AND topic = ? AND part = ?"].Add(offset).Add(topic.Id).Add(partition.Number);
            if (!rows.Step())
            {
                return null;
            }

            var record = RecordCodec.Read(rows.Bytes(0), topic.Name, partition.Number, offset);
            rows.Reset();
            return record;
        }));
    }

    public ValueTask<IReadOnlyList<long>> EndsAsync(string name, CancellationToken cancellation)
    {
        var topic = topics[name];
        var ends = new long[topic.Partitions];
        for (var partition = 0; partition < ends.Length; partition++)
        {
            ends[partition] = published.Last(topic.Id, partition) + 1;
        }

        return ValueTask.FromResult<IReadOnlyList<long>>(ends);
    }

    // A reader's place moves along with what is written to other partitions.
    public ValueTask<IReadOnlyList<long>> LimitsAsync(string name, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<long>>([.. Enumerable.Repeat(published.Next, topics[name].Partitions)]);

    public ValueTask<IReadOnlyList<long>> StartsAsync(string name, CancellationToken cancellation)
    {
        var topic = topics[name];
        var start = readers.Read(connection =>
        {
            var rows = connection["SELECT upto FROM log_trimmed WHERE topic = ?"].Add(topic.Id);
            var upTo = rows.Step() ? rows.Int64(0) : 0;
            rows.Reset();
            return upTo;
        });
        return ValueTask.FromResult<IReadOnlyList<long>>([.. Enumerable.Repeat(start, topic.Partitions)]);
    }

    internal void Use(Writer writer) => _writer = writer;

    /// <summary>After a commit: wakes who reads one of these topics.</summary>
    internal void Written(ulong written)
    {
        foreach (var reader in _readers)
        {
            if ((reader.Topics & written) != 0)
            {
                reader.Wake.Set();
            }
        }
    }

    private void Closed(SqliteLogReader reader) =>
        ImmutableInterlocked.Update(ref _readers, static (all, one) => all.Remove(one), reader);
}
