using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Pump;

/// <summary>
/// One record a commit, for two reasons. After an unclean end each start is noted before the record runs, so that one that ends the process is
/// found at its third start. After a flush that failed for what was in it, the batch is run again singly, so that the loser is found.
/// </summary>
internal sealed class CarefulMode(PumpOptions options)
{
    private const int FlushFailures = 3;

    private int _probes;
    private int _singles;
    private int _failures;
    private long _storedProbe = -1;
    private int _storedStarts;
    private int _starts;

    public bool On => _probes > 0 || _singles > 0;

    /// <summary>The record whose start is noted; -1 for none.</summary>
    public long Marked { get; private set; } = -1;

    /// <summary>The record about to run has ended the process, or its own flush, as often as is allowed.</summary>
    public bool IsKiller => (_probes > 0 && _starts >= options.ProbeStarts) || _failures >= FlushFailures;

    public void Taken(PositionRow row)
    {
        _probes = row.Clean ? 0 : options.ProbeRecords;
        (_storedProbe, _storedStarts) = (row.ProbeOffset, row.ProbeStarts);
    }

    /// <summary>True when the first item's start has to be noted before it runs.</summary>
    public bool MustMark(IReadOnlyList<WorkItem> items, out long probe, out int starts)
    {
        (probe, starts) = (-1, 0);
        if (_probes == 0 || items.Count == 0)
        {
            return false;
        }

        probe = items[0].Record.Offset;
        if (Marked == probe)
        {
            return false;
        }

        _starts = starts = 1 + (probe == _storedProbe ? _storedStarts : 0);
        Marked = probe;
        return true;
    }

    /// <summary>The items are about to run: the next record of the log is noted in the same flush.</summary>
    public void Ran(IReadOnlyList<WorkItem> items, PartitionCursor cursor)
    {
        _singles = Math.Max(0, _singles - items.Count);
        _probes = Math.Max(0, _probes - items.Count);
        Marked = _probes > 0 && cursor.Pending.TryPeek(out var next) && next.Offset != _storedProbe ? next.Offset : -1;
        _starts = Marked >= 0 ? 1 : 0;
    }

    public void Committed() => _failures = 0;

    public void Failed(bool conflict, Exception? error)
    {
        Marked = -1;
        if (conflict || (error is not null and not StoreUnavailableException and not OperationCanceledException))
        {
            _failures = _singles > 0 || _failures > 0 ? _failures + 1 : 0;
            _singles = options.BatchRecords * 2;
        }
    }
}
