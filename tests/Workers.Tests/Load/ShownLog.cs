using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Tests.Load;

/// <summary>A log that has nothing but ends, positions of groups in it, and what workers say of themselves.</summary>
internal sealed class ShownLog : ILog, IPositionStore, IWorkerStore
{
    public Dictionary<string, long[]> Ends { get; } = new() { [Topics.Commands] = [0, 0], [Topics.Flows] = [0, 0] };

    public Dictionary<(string Group, PartitionId Partition), PositionRow> Rows { get; } = [];

    public List<WorkerRow> Workers { get; } = [];

    public bool IsAway { get; set; }

    public uint Identity => 1;

    public void Position(string group, string topic, int number, long offset, bool isHalted = false) =>
        Rows[(group, new PartitionId(topic, number))] = new PositionRow(offset, 0, 0, true, 0, -1, isHalted ? PositionRow.Halts : 0);

    public int Partitions(string topic) => Ends[topic].Length;

    public ValueTask<IReadOnlyList<long>> EndsAsync(string topic, CancellationToken cancellation) =>
        IsAway ? throw new LogUnavailableException("away") : ValueTask.FromResult<IReadOnlyList<long>>([.. Ends[topic]]);

    public ValueTask<IReadOnlyList<long>> StartsAsync(string topic, CancellationToken cancellation) => ValueTask.FromResult<IReadOnlyList<long>>(new long[Ends[topic].Length]);

    public Task<IReadOnlyList<(string Group, PartitionId Partition, PositionRow Row)>> PositionsAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<(string, PartitionId, PositionRow)>>([.. Rows.Select(row => (row.Key.Group, row.Key.Partition, row.Value))]);

    public Task<IReadOnlyList<WorkerRow>> ListAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<WorkerRow>>([.. Workers]);

    public Task AppendAsync(LogRecord record, CancellationToken cancellation) => throw new NotSupportedException();

    public Task AppendAsync(IReadOnlyList<LogRecord> records, CancellationToken cancellation) => throw new NotSupportedException();

    public ILogReader OpenReader(IReadOnlyList<string> topics, Signal wake) => throw new NotSupportedException();

    public ILogReader Join(GroupMember member, Signal wake) => throw new NotSupportedException();

    public ValueTask<LogRecord?> ReadAsync(PartitionId partition, long offset, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<long>> LimitsAsync(string topic, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<bool> SetPositionAsync(string group, PartitionId partition, long offset, CancellationToken cancellation) => throw new NotSupportedException();

    public Task BeatAsync(string id, byte[] report, CancellationToken cancellation) => throw new NotSupportedException();
}
