namespace Workers.Engine.Projections;

/// <summary>A day of the audit trail that retention has not taken yet.</summary>
/// <param name="Day">Days since 1970-01-01 (UTC).</param>
/// <param name="Entries">As the heads of its chains tell.</param>
public sealed record AuditDay(int Day, long Entries);

/// <summary>
/// Which days are old enough to be deleted. The clock alone does not decide: one that is put a year forward would have a year deleted within the hour. A day is old when it is by
/// the clock, and when as many days have passed in the trail itself, where a time without entries counts as a tenth of what is kept, one day at least and a week at most. So a clock that
/// goes wrong takes no more than that, however wrong it is; and after a longer stop old days stay until the trail has gone on for as long as they were to be kept. Tests: AuditKeepingTests.
/// </summary>
public static class AuditKeeping
{
    private const int LongestPause = 7;

    /// <summary>The first day that is kept; everything before it may be deleted.</summary>
    /// <param name="today">By the clock.</param>
    /// <param name="days">That have entries, in any order.</param>
    /// <param name="keep">So many whole days before today, 1 or more.</param>
    public static int FirstKept(int today, IEnumerable<int> days, int keep)
    {
        var (pause, passed, later) = (Math.Clamp(keep / 10, 1, LongestPause), 0, today);

        // Days to come are of other clocks: they prove nothing.
        foreach (var day in days.Where(day => day < today).Distinct().OrderDescending())
        {
            passed += Math.Min(later - day, pause);
            if (passed > keep)
            {
                break;
            }

            later = day;
        }

        return Math.Min(later, today - keep);
    }
}
