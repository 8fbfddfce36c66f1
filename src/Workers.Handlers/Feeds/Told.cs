using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Handlers.Feeds;

/// <summary>The feeds' records of a batch, by the partition whose position moves with them.</summary>
internal sealed class Told
{
    private readonly Dictionary<PartitionId, List<LogRecord>> _records = [];
    private readonly Dictionary<PartitionId, List<StateWrite>> _copies = [];
    private List<LogRecord> _current = [];

    /// <summary>What is added next is told of a record that lies there.</summary>
    public void Begin(PartitionId partition) => _current = Records(partition);

    public void Add(LogRecord record) => _current.Add(record);

    public List<LogRecord> Records(PartitionId partition) => Of(_records, partition);

    public List<StateWrite> Copies(PartitionId partition) => Of(_copies, partition);

    private static List<T> Of<T>(Dictionary<PartitionId, List<T>> all, PartitionId partition)
    {
        if (!all.TryGetValue(partition, out var list))
        {
            all[partition] = list = [];
        }

        return list;
    }
}
