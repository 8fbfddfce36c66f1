using Workers.Api.Doors;
using Workers.Engine.Log;

namespace Workers.Api.Reads;

/// <summary>
/// Callers' ids of what this process accepted last, and where it lies: who asks by one at once finds it before anybody has executed or listed it. Two generations, of which
/// the older is dropped when the younger is full.
/// </summary>
internal sealed class JustAccepted
{
    private const int Generation = 10_000;

    private readonly Lock _gate = new();
    private Dictionary<(string Caller, string Id), (Guid Id, PartitionId Partition, long Offset)> _young = [];
    private Dictionary<(string Caller, string Id), (Guid Id, PartitionId Partition, long Offset)> _old = [];

    /// <summary>Once the log has it.</summary>
    public void Add(Submission submission)
    {
        if (submission.CallerId is not { } id)
        {
            return;
        }

        var record = submission.Record;
        lock (_gate)
        {
            _young[(submission.Caller, id)] = (record.Id, record.Where, record.Offset);
            if (_young.Count >= Generation)
            {
                (_old, _young) = (_young, _old);
                _young.Clear();
            }
        }
    }

    public (Guid Id, PartitionId Partition, long Offset)? Find(string caller, string id)
    {
        lock (_gate)
        {
            return _young.TryGetValue((caller, id), out var found) || _old.TryGetValue((caller, id), out found) ? found : null;
        }
    }
}
