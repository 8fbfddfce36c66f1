using Workers.Engine.Store;

namespace Workers.Engine.Pump;

/// <summary>What is to be done with a record.</summary>
internal enum Treatment
{
    Run,

    /// <summary>The process ended in it: it runs while no other such record does.</summary>
    RunAlone,

    /// <summary>It waits until the process has shown that it lives without it.</summary>
    SetAside,

    /// <summary>The process ended in it as often as is allowed.</summary>
    IsKiller,

    /// <summary>Its flush, with nothing else in it, failed as often as is allowed.</summary>
    FailsFlush,
}

/// <summary>
/// Finds the record that ends the process, and the one that no flush takes. The record that was being executed when the process ended is set aside
/// and then run again, alone; when the process has ended in it three times it is given up. A process that is killed from outside hardly ever ends
/// again in the same record, above all not long after its start, so only a record that is to blame is given up. Meanwhile, and after a flush that failed for what was in
/// it, records run singly, one a commit: where a batch was in hand, the next end tells which of it. Where nobody can know what was in hand, since the owner
/// before was on another machine, each start is stored before the record runs, and nothing runs before a suspect.
/// </summary>
internal sealed class CarefulMode(PumpOptions options)
{
    private const int FlushFailures = 3;

    private int _singles;
    private int _failures;
    private long _failing = IExecutionMark.None;
    private long _alone = IExecutionMark.None;
    private long _suspect = IExecutionMark.None;
    private int _deaths;
    private long _survived = IExecutionMark.None;
    private bool _setAside;
    private Exception? _flushError;
    private bool _notesStarts;
    private (long Offset, int Before)? _noted;

    /// <summary>Why the record of <see cref="Treatment.FailsFlush"/> is given up.</summary>
    public Exception FlushError => _flushError ?? new FlushFailedException("A value that must be unique is taken.");

    /// <summary>One record a commit.</summary>
    public bool On => _singles > 0;

    /// <summary>What is known of the suspect is to be stored before anything runs.</summary>
    public bool MustNote { get; private set; }

    /// <summary>Nothing is done until then: the process shows that it lives without the suspect. Null: no need to.</summary>
    public long? WaitsUntilMs { get; private set; }

    /// <summary>The partition was taken; <paramref name="executing"/> is what the owner before was executing.</summary>
    public void Taken(PositionRow row, long executing, long nowMs)
    {
        Reloaded(row);
        if (row.Clean || executing == IExecutionMark.None)
        {
            return;
        }

        _singles = options.ProbeRecords;
        if (executing == IExecutionMark.Unknown)
        {
            _notesStarts = true;
            WaitsUntilMs = _suspect == IExecutionMark.None || _deaths >= options.ProbeStarts ? null : nowMs + (long)Delay.TotalMilliseconds;
        }
        else if (executing != IExecutionMark.Batch)
        {
            (_suspect, _deaths) = (executing, executing == _suspect ? _deaths + 1 : 1);
            MustNote = true;
        }
    }

    /// <summary>What is known goes on from the stored position. A start that was noted there and that the process has survived does not count.</summary>
    public void Reloaded(PositionRow row)
    {
        (_suspect, _deaths, _setAside, MustNote) = (row.ProbeOffset, row.ProbeStarts, false, false);
        _alone = IExecutionMark.None;
        if (_noted is { } noted && noted.Offset == _suspect)
        {
            (_suspect, _deaths) = noted.Before == 0 ? (IExecutionMark.None, 0) : noted;
        }

        _noted = null;
        if (_suspect == _survived)
        {
            (_suspect, _deaths) = (IExecutionMark.None, 0);
        }
    }

    /// <summary>True once it is time; false where nothing is to be done yet.</summary>
    public bool IsTime(long nowMs)
    {
        if (WaitsUntilMs > nowMs)
        {
            return false;
        }

        WaitsUntilMs = null;
        return true;
    }

    /// <summary>The record's start is to be stored before it runs: <see cref="NoteStart"/>.</summary>
    public bool NotesStart(WorkItem item) => _notesStarts && On && Of(item) is Treatment.Run or Treatment.RunAlone;

    /// <summary>A move that tells whoever comes next that the record was started.</summary>
    public PositionMove NoteStart(PositionMove move, WorkItem item)
    {
        var before = item.Place == _suspect ? _deaths : 0;
        _noted = (item.Place, before);
        return move with { ProbeOffset = item.Place, ProbeStarts = before + 1 };
    }

    /// <summary>The mark for what is executed: where starts are stored, those tell it, and the mark must not tell it again.</summary>
    public long Mark(long executing) => _notesStarts && On && executing != IExecutionMark.None ? IExecutionMark.Unknown : executing;

    public Treatment Of(WorkItem item)
    {
        if (_failures >= FlushFailures && item.Place == _failing)
        {
            return Treatment.FailsFlush;
        }

        if (item.Place != _suspect)
        {
            return Treatment.Run;
        }

        return _deaths >= options.ProbeStarts ? Treatment.IsKiller : _setAside || _notesStarts ? Treatment.RunAlone : Treatment.SetAside;
    }

    /// <summary>The suspect is set aside: for as long as before a retry.</summary>
    public TimeSpan SetAside()
    {
        _setAside = true;
        return Delay;
    }

    /// <summary>The suspect was run and the process lives: it is to blame for no end, also where what it did cannot be written.</summary>
    public void Survived()
    {
        _survived = _suspect;
        Cleared();
    }

    /// <summary>The suspect was given up.</summary>
    public void Cleared() => (_suspect, _deaths, _singles, _notesStarts) = (IExecutionMark.None, 0, 0, false);

    /// <summary>These have run, and their flush follows.</summary>
    public void Ran(IReadOnlyList<WorkItem> items)
    {
        _alone = On && items.Count == 1 ? items[0].Place : IExecutionMark.None;
        _singles = Math.Max(0, _singles - items.Count);
        _notesStarts &= On;
    }

    /// <summary>The move with what is known of the suspect, so that whoever comes next knows it too.</summary>
    public PositionMove Note(PositionMove move)
    {
        MustNote = false;
        return _suspect == IExecutionMark.None ? move : move with { ProbeOffset = _suspect, ProbeStarts = _deaths };
    }

    private TimeSpan Delay =>
        options.RetryDelays.Count == 0 ? TimeSpan.Zero : options.RetryDelays[Math.Clamp(_deaths - 1, 0, options.RetryDelays.Count - 1)];

    /// <summary>A flush was written. It clears the record that no flush took if it was that one's: others, and starts that are noted, come in between.</summary>
    public void Committed()
    {
        if (_alone == _failing)
        {
            (_failing, _failures) = (IExecutionMark.None, 0);
        }

        _alone = IExecutionMark.None;
    }

    /// <summary>A flush was not written. Where that is for what was in it, and one record alone was, it counts for that record.</summary>
    public void Failed(bool conflict, Exception? error)
    {
        if (conflict || (error is not null and not StoreUnavailableException and not OperationCanceledException))
        {
            if (_alone != IExecutionMark.None)
            {
                (_failing, _failures) = (_alone, _alone == _failing ? _failures + 1 : 1);
            }

            _singles = options.BatchRecords * 2;
            _flushError = error;
        }

        _alone = IExecutionMark.None;
    }
}
