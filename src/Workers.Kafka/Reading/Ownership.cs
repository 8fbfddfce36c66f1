using Workers.Engine.Log;

namespace Workers.Kafka.Reading;

/// <summary>Which partitions a reader serves, and which of those that go somebody still works on.</summary>
internal sealed class Ownership(Signal wake)
{
    private readonly object _gate = new();
    private readonly HashSet<PartitionId> _seen = [];
    private IReadOnlyList<PartitionId>? _owned;
    private bool _closed;

    /// <summary>Whoever gets the list is to release what vanishes from it.</summary>
    public IReadOnlyList<PartitionId>? Owned
    {
        get
        {
            lock (_gate)
            {
                if (_owned is not null)
                {
                    _seen.UnionWith(_owned);
                }

                return _owned;
            }
        }
    }

    public void Add(IEnumerable<PartitionId> partitions) => Set(before => before.Union(partitions));

    public void Remove(IReadOnlyCollection<PartitionId> partitions) => Set(before => before.Except(partitions));

    public void Released(PartitionId partition)
    {
        lock (_gate)
        {
            if (_owned?.Contains(partition) != true)
            {
                _seen.Remove(partition);
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Nobody will be waited for any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until they are released, or nobody has seen them. False where that took longer than <paramref name="limit"/>.</summary>
    public bool WaitFor(IReadOnlyCollection<PartitionId> gone, TimeSpan limit)
    {
        var until = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        lock (_gate)
        {
            while (!_closed && gone.Any(_seen.Contains))
            {
                var left = until - Environment.TickCount64;
                if (left <= 0)
                {
                    return false;
                }

                Monitor.Wait(_gate, TimeSpan.FromMilliseconds(left));
            }

            return true;
        }
    }

    private void Set(Func<IEnumerable<PartitionId>, IEnumerable<PartitionId>> change)
    {
        lock (_gate)
        {
            _owned = [.. change(_owned ?? []).OrderBy(p => p.Topic, StringComparer.Ordinal).ThenBy(p => p.Number)];
        }

        wake.Set();
    }
}
