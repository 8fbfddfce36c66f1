using Workers.Engine.Log;
using Workers.Engine.Pump;
using Workers.Engine.Store;

namespace Workers.Engine.Effects;

/// <summary>
/// The effects of a partition that are not done, as they are stored, and which keys are busy: from the start of an attempt until its end is
/// committed. So the next effect of a key starts only when the one before it can no longer be forgotten.
/// </summary>
internal sealed class EffectRows
{
    private readonly ParkedKeys _keys = new();
    private readonly HashSet<string> _busy = [];

    public int Count => _keys.Rows;

    public long? NextDueMs => _keys.NextDueMs;

    /// <summary>Replaces the rows by the stored ones. Busy keys stay busy.</summary>
    public void Load(PumpContext context, PartitionId partition) => _keys.Load(context, partition);

    public void Add(ParkedRow row) => _keys.Add(row);

    /// <summary>The first row of a key that is due and not busy; null where there is none. The key is busy from now on.</summary>
    public ParkedRow? TakeDue(long nowMs)
    {
        while (_keys.TakeDue(nowMs) is { } key)
        {
            var row = _keys.RowsOf(key).First();
            if (row.DueMs > nowMs)
            {
                _keys.Requeue(key, row.DueMs);
            }
            else if (_busy.Add(key))
            {
                return row;
            }
        }

        return null;
    }

    /// <summary>
    /// False where the row is not as it was when the attempt began: its end was committed although that seemed to have failed. The key is free then,
    /// and the end must not be written again.
    /// </summary>
    public bool IsCurrent(EffectEnd end)
    {
        if (_keys.RowsOf(end.Key).FirstOrDefault() is { } row
            && (row.Order, row.Attempts, row.DueMs) == (end.Row.Order, end.Row.Attempts, end.Row.DueMs))
        {
            return true;
        }

        Free(end.Key);
        return false;
    }

    /// <summary>The end was committed.</summary>
    public void Settle(EffectEnd end)
    {
        if (end.Again is { } row)
        {
            _busy.Remove(end.Key);
            _keys.Wait(end.Key, row);
        }
        else
        {
            _keys.Done(end.Key);
            Free(end.Key);
        }
    }

    private void Free(string key)
    {
        _busy.Remove(key);
        if (_keys.RowsOf(key).FirstOrDefault() is { } next)
        {
            _keys.Requeue(key, next.DueMs);
        }
    }
}
