using Workers.Engine.Follow;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Tests.Follow;

/// <summary>A store that keeps the ids of what was written, in order.</summary>
internal sealed class Collected
{
    public MemoryPositions Positions { get; } = new();

    public List<LogRecord> Written { get; } = [];

    public IEnumerable<string> Keys => Written.Select(r => r.Key);

    public Task Until(int count) => Positions.Until(() => Written.Count >= count);
}

/// <summary>
/// Writes records as they are, partition by partition in the order of the positions. A key that starts with <c>bad</c> cannot be read, one with <c>poison</c> not be stored.
/// </summary>
internal sealed class Collector(Collected store) : IFollowHandler
{
    private readonly List<LogRecord> _batch = [];

    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        Task.FromResult(store.Positions.Take(partition));

    public void Add(LogRecord record)
    {
        if (record.Key.StartsWith("bad", StringComparison.Ordinal))
        {
            throw new FormatException();
        }

        _batch.Add(record);
    }

    public Task<FlushResult> CommitAsync(IReadOnlyList<PositionMove> positions, CancellationToken cancellation)
    {
        if (_batch.Exists(r => r.Key.StartsWith("poison", StringComparison.Ordinal)))
        {
            throw new FlushFailedException("The store does not take it.");
        }

        var result = store.Positions.Commit(positions, () => store.Written.AddRange(positions.SelectMany(move => _batch.Where(r => r.Where == move.Partition))));
        _batch.Clear();
        return Task.FromResult(result);
    }

    public void Reset() => _batch.Clear();
}
