namespace Workers.Domain.Schedules;

/// <summary>What is decided of a schedule's due times.</summary>
public sealed class FirePlan
{
    private const int MostWaiting = 1_000;

    private readonly Schedule _schedule;
    private readonly long _nowMs;
    private readonly ScheduleLimits _limits;
    private readonly Func<string, bool> _isRunning;
    private readonly ScheduleRuns _before;
    private readonly List<Fire> _fires = [];
    private readonly List<ScheduleRun> _runs = [];
    private readonly List<long> _waiting;
    private string? _last;
    private long _cursorMs;
    private int _missed;
    private int _skipped;
    private int _decided;

    internal FirePlan(Schedule schedule, ScheduleRuns before, long nowMs, ScheduleLimits limits, Func<string, bool> isRunning)
    {
        (_schedule, _before, _nowMs, _limits, _isRunning) = (schedule, before, nowMs, limits, isRunning);
        (_last, _cursorMs, _waiting) = (before.LastCommandId, before.CursorMs, [.. before.Waiting]);
    }

    /// <summary>What is appended, in this order.</summary>
    public IReadOnlyList<Fire> Fires => _fires;

    /// <summary>Times that were missed.</summary>
    public int MissedTimes => _missed;

    /// <summary>Times that came while the last command ran, and for which nothing is appended.</summary>
    public int Skipped => _skipped;

    /// <summary>More are due already.</summary>
    public bool HasMore { get; internal set; }

    internal bool IsFull => _decided >= _limits.AtOnce;

    /// <summary>Whether anything was decided.</summary>
    public bool IsEmpty => _runs.Count == 0 && _fires.Count == 0 && _waiting.Count == _before.Waiting.Count;

    /// <summary>How far it has come with this.</summary>
    public ScheduleRuns Runs => _before with
    {
        CursorMs = _cursorMs,
        LastCommandId = _last,
        Waiting = _waiting,
        Runs = [.. Enumerable.Reverse(_runs).Concat(_before.Runs.Where(run => run.How != ScheduleRun.Waits || !_runs.Exists(later => later.AtMs == run.AtMs))).Take(_limits.Kept)],
        Fired = _before.Fired + _fires.Count,
        Misfired = _before.Misfired + _missed,
        Skipped = _before.Skipped + _skipped,
    };

    /// <summary>What waited for a command that has ended.</summary>
    internal void Drain()
    {
        if (_waiting.Count > 0 && !IsBusy())
        {
            var atMs = _waiting[0];
            _waiting.RemoveAt(0);
            Append(new FireTime(atMs, _nowMs, null), ScheduleRules.IdOf(_schedule.ScheduleId, atMs), ScheduleRun.Fired, null);
        }
    }

    internal void Missed(FireTime last, int count, bool fires)
    {
        _missed += count;
        _cursorMs = last.AtMs;
        if (fires)
        {
            Decide(last, ScheduleRules.IdOf(_schedule.ScheduleId, last.AtMs), ScheduleRun.Misfired, count);
        }
        else
        {
            _runs.Add(new ScheduleRun(last.AtMs, _nowMs, ScheduleRun.SkippedMisfire, null, count));
        }
    }

    internal void Due(FireTime time, bool isLate)
    {
        _cursorMs = time.AtMs;
        _missed += isLate ? 1 : 0;
        Decide(time, ScheduleRules.IdOf(_schedule.ScheduleId, time.AtMs), isLate ? ScheduleRun.Misfired : ScheduleRun.Fired, null);
    }

    internal void Trigger(Guid name) => Decide(new FireTime(_nowMs, _nowMs, null), name, ScheduleRun.Triggered, null);

    private void Decide(FireTime time, Guid id, string how, int? missed)
    {
        _decided++;
        if (_schedule.Overlap == Schedule.Allow || (_waiting.Count == 0 && !IsBusy()))
        {
            Append(time, id, how, missed);
        }
        else if (_schedule.Overlap == Schedule.Queue && _waiting.Count < MostWaiting && how != ScheduleRun.Triggered)
        {
            _waiting.Add(time.AtMs);
            _runs.Add(new ScheduleRun(time.AtMs, _nowMs, ScheduleRun.Waits, null, missed));
        }
        else
        {
            _skipped++;
            _runs.Add(new ScheduleRun(time.AtMs, _nowMs, ScheduleRun.SkippedOverlap, null, missed));
        }
    }

    // What this decision appends runs from now on.
    private bool IsBusy() => _last is { } last && (_fires.Exists(fire => fire.CommandId.ToString() == last) || _isRunning(last));

    private void Append(FireTime time, Guid id, string how, int? missed)
    {
        _last = id.ToString();
        _fires.Add(new Fire(id, time.AtMs, time.DueMs));
        _runs.Add(new ScheduleRun(time.AtMs, _nowMs, how, _last, missed));
    }
}

/// <summary>A command that is appended.</summary>
/// <param name="CommandId">Made of schedule and time, so that the same time never makes another.</param>
/// <param name="DueMs">When it was to be appended: of what waited for the command before it, now.</param>
public readonly record struct Fire(Guid CommandId, long AtMs, long DueMs);
