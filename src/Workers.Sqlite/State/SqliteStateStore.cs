using System.Collections.Concurrent;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Sqlite.Log;
using Workers.Sqlite.Native;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite.State;

/// <summary>The state store in the embedded file. Outgoing records are appended to the log by the flush's own transaction.</summary>
internal sealed class SqliteStateStore(Writer writer, TopicTable topics, Readers readers, Positions positions, ExecutionMarks marks, string installation, SqliteOutbox? outbox)
    : IStateStore
{
    private readonly ConcurrentBag<RecordBatch> _batches = [];

    public string Installation => installation;

    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        writer.Enqueue(context => context.Positions.Take(group, partition));

    public Task ReleaseAsync(string group, PartitionId partition, long epoch, CancellationToken cancellation) =>
        writer.Enqueue(context =>
        {
            context.Positions.Release(group, partition, epoch);
            return true;
        });

    public Task<PositionRow?> PositionAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        Task.FromResult(positions.Find(group, partition));

    public Task<PositionRow?> ReclaimAsync(string group, PartitionId partition, long epoch, CancellationToken cancellation) =>
        writer.Enqueue(context => context.Positions.Reclaim(group, partition, epoch));

    public Task<IReadOnlyList<(string Group, PartitionId Partition, PositionRow Row)>> PositionsAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<(string, PartitionId, PositionRow)>>(positions.OfState());

    public Task<bool> SetPositionAsync(string group, PartitionId partition, long offset, CancellationToken cancellation) =>
        writer.Enqueue(context => context.Positions.Set(group, partition, offset));

    public Task<FlushResult> FlushAsync(Flush flush)
    {
        if (flush.Outgoing.Count == 0)
        {
            return writer.Enqueue(new FlushJob(flush, null, null));
        }

        if (outbox is not null)
        {
            return writer.Enqueue(new FlushJob(flush, null, OutboxCodec.Write(flush.Outgoing)));
        }

        // Encoded here, on the pump's thread: the writer has enough to do.
        if (!_batches.TryTake(out var outgoing))
        {
            outgoing = new RecordBatch();
        }

        foreach (var record in flush.Outgoing)
        {
            outgoing.Add(record, topics[record.Topic]);
        }

        return Written(writer.Enqueue(new FlushJob(flush, outgoing, null)), outgoing);
    }

    public IOutboxStore? Outbox => outbox;

    public IExecutionMark MarkOf(string group, PartitionId partition) => marks.Of(group, partition);

    public IStateReader OpenReader() => new SqliteStateReader(readers.Open());

    private async Task<FlushResult> Written(Task<FlushResult> flushed, RecordBatch outgoing)
    {
        // After an exception the buffer is left to the collector.
        var result = await flushed.ConfigureAwait(false);
        outgoing.Clear();
        _batches.Add(outgoing);
        return result;
    }
}
