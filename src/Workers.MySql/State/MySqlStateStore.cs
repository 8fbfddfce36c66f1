using System.Collections.Concurrent;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>
/// The state store in a database that many processes share. Each partition that this one owns has a thread and a connection of its own, on which its flushes
/// follow each other; reads for answers have connections of theirs.
/// </summary>
internal sealed class MySqlStateStore(Server server, Readers readers, ExecutionMarks marks, string installation) : IStateStore, IDisposable
{
    private readonly ConcurrentDictionary<(string Group, PartitionId Partition), Lane> _lanes = new();

    private readonly Lane _reads = new(new Session(server, writes: false), "mysql positions");
    private volatile bool _disposed;

    public string Installation => installation;

    public IOutboxStore Outbox => field ??= new MySqlOutbox(installation, _reads);

    public async Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation)
    {
        var row = await Lane(group, partition).Enqueue(s => s.Transact(t => (PositionTable.Take(t, group, partition), "")), cancellation)
            .ConfigureAwait(false);
        marks.Taken(group, partition, row.Epoch);
        return row;
    }

    public Task<PositionRow?> PositionAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        _reads.Enqueue(s => s.Ask(t => PositionTable.Find(t, group, partition)), cancellation);

    public async Task<PositionRow?> ReclaimAsync(string group, PartitionId partition, long epoch, CancellationToken cancellation)
    {
        var row = await Lane(group, partition).Enqueue(s => s.Transact(t => (PositionTable.Reclaim(t, group, partition, epoch), "")), cancellation)
            .ConfigureAwait(false);
        if (row is not null)
        {
            marks.Taken(group, partition, row.Epoch);
        }

        return row;
    }

    public Task<IReadOnlyList<(string Group, PartitionId Partition, PositionRow Row)>> PositionsAsync(CancellationToken cancellation) =>
        _reads.Enqueue<IReadOnlyList<(string, PartitionId, PositionRow)>>(s => s.Ask(PositionTable.All), cancellation);

    public async Task<bool> SetPositionAsync(string group, PartitionId partition, long offset, CancellationToken cancellation)
    {
        // On a lane of its own: the partition's is its owner's, who may be another process.
        using var lane = new Lane(new Session(server, writes: true), "mysql set position");
        return await lane.Enqueue(s => s.Transact(t => (PositionTable.Set(t, group, partition, offset), "")), cancellation).ConfigureAwait(false);
    }

    public Task ReleaseAsync(string group, PartitionId partition, long epoch, CancellationToken cancellation)
    {
        var lane = Lane(group, partition);
        var released = lane.Enqueue(
            s => s.Transact(t =>
            {
                PositionTable.Release(t, group, partition, epoch);
                return (true, "");
            }),
            CancellationToken.None);
        lane.Close();
        return released.WaitAsync(cancellation);
    }

    public Task<FlushResult> FlushAsync(Flush flush) =>
        Lane(flush.Position.Group, flush.Position.Partition).Enqueue(s => FlushTransaction.Run(s, flush));

    public IExecutionMark MarkOf(string group, PartitionId partition) => marks.Of(group, partition);

    public IStateReader OpenReader() => new MySqlStateReader(readers);

    public void Dispose()
    {
        _disposed = true;
        foreach (var lane in _lanes.Values)
        {
            lane.Dispose();
        }

        _reads.Dispose();
    }

    private Lane Lane(string group, PartitionId partition) => _disposed
        ? throw new StoreUnavailableException("The store is closed.")
        : _lanes.GetOrAdd((group, partition), key => new Lane(new Session(server, writes: true), $"mysql {key.Group} {key.Partition}"));
}
