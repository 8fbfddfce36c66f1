using Workers.Contracts;

namespace Workers.Domain.Schedules;

/// <summary>
/// What a schedule does at a moment: which times are due since it was last asked, which of them fire. A time is decided once, whoever asks and how often: the
/// decision moves the cursor, and both are committed together. Tests: ScheduleRulesTests.
/// </summary>
public static class ScheduleRules
{
    private const int MostCounted = 1_000;

    /// <param name="schedule">As it is.</param>
    /// <param name="runs">How far it has come; null for nowhere.</param>
    /// <param name="nowMs">The moment.</param>
    /// <param name="limits">How late is missed, how many at once.</param>
    /// <param name="isRunning">Whether a command, by our id, has not ended.</param>
    public static FirePlan Plan(Schedule schedule, ScheduleRuns? runs, long nowMs, ScheduleLimits limits, Func<string, bool> isRunning)
    {
        var plan = new FirePlan(schedule, Of(schedule, runs), nowMs, limits, isRunning);
        plan.Drain();
        if (schedule.IsPaused(nowMs))
        {
            return plan;
        }

        var timing = schedule.Timing();
        var from = Math.Max(plan.Runs.CursorMs, schedule.CountsFrom(nowMs));
        var lateUntil = nowMs - limits.MisfireMs - schedule.JitterMs;
        if (schedule.Misfire != Schedule.FireAll && lateUntil > from && timing.Last(from, lateUntil) is { } last)
        {
            plan.Missed(last, timing.After(from).TakeWhile(time => time.AtMs <= last.AtMs).Take(MostCounted).Count(), fires: schedule.Misfire == Schedule.FireNow);
            from = last.AtMs;
        }

        foreach (var time in timing.After(from).TakeWhile(time => time.DueMs <= nowMs))
        {
            if (plan.IsFull)
            {
                plan.HasMore = true;
                break;
            }

            plan.Due(time, isLate: time.AtMs <= lateUntil);
        }

        return plan;
    }

    /// <summary>Somebody wants it now, whatever its times are; at most one of that name.</summary>
    public static FirePlan Trigger(Schedule schedule, ScheduleRuns? runs, long nowMs, Guid name, ScheduleLimits limits, Func<string, bool> isRunning)
    {
        var plan = new FirePlan(schedule, Of(schedule, runs), nowMs, limits, isRunning);
        plan.Trigger(name);
        return plan;
    }

    /// <summary>The time at which it is to be looked at next; null where it fires no more, or not before somebody resumes it.</summary>
    public static FireTime? Next(Schedule schedule, ScheduleRuns? runs, long nowMs)
    {
        if (schedule.IsPaused(nowMs) && schedule.Pause!.UntilMs is null)
        {
            return null;
        }

        var from = Math.Max(Of(schedule, runs).CursorMs, schedule.CountsFrom(Math.Max(nowMs, schedule.Pause?.UntilMs ?? 0)));
        return schedule.Timing().Next(from);
    }

    /// <summary>The id of the command that a schedule's time makes.</summary>
    public static Guid IdOf(string scheduleId, long atMs) => Ids.Fire(scheduleId, atMs);

    private static ScheduleRuns Of(Schedule schedule, ScheduleRuns? runs) => runs?.Of == schedule.CreatedMs ? runs : new ScheduleRuns { Of = schedule.CreatedMs };
}

/// <summary>Bounds of a decision.</summary>
/// <param name="MisfireMs">A time that is looked at later than this was missed.</param>
/// <param name="AtOnce">So many times are decided at once; the others follow.</param>
/// <param name="Kept">So many runs are kept.</param>
public sealed record ScheduleLimits(long MisfireMs, int AtOnce, int Kept);
