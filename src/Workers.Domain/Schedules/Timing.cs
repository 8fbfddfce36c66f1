using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Workers.Domain.Schedules;

/// <summary>One time at which a schedule fires.</summary>
/// <param name="AtMs">By the schedule, in milliseconds since 1970: what its command's id is made of.</param>
/// <param name="DueMs">With its jitter: when it is appended.</param>
/// <param name="Saving"><c>gap</c> or <c>overlap</c> where daylight saving has a hand in it.</param>
public readonly record struct FireTime(long AtMs, long DueMs, string? Saving);

/// <summary>When a schedule fires: pure, and the same on every machine. Tests: ScheduleRulesTests, DaylightSavingTests, SimulatedYearTests.</summary>
/// <param name="id">The schedule's, of which its jitter is made.</param>
public sealed class Timing(string id, Cron? cron, TimeZoneInfo zone, long intervalMs, long anchorMs, long? startMs, long? endMs, long jitterMs, ScheduleCalendar? calendar)
{
    // A calendar that leaves out whatever the cron means would be searched for ever.
    private const int MostExcluded = 100_000;

    // The end of the year 2199, as a cron expression has it: nobody waits for what is later.
    private const long LastMs = 7_258_118_399_999;

    public TimeZoneInfo Zone => zone;

    /// <summary>The first time after that one; null where there is none any more.</summary>
    public FireTime? Next(long afterMs)
    {
        afterMs = startMs is { } start ? Math.Max(afterMs, start - 1) : afterMs;
        var next = afterMs >= LastMs ? null : cron is null ? Interval(afterMs) : Calendar(cron, afterMs);
        return next is not { } found || found.AtMs > endMs ? null : found;
    }

    /// <summary>The times after one, in their order.</summary>
    public IEnumerable<FireTime> After(long afterMs)
    {
        while (Next(afterMs) is { } next)
        {
            yield return next;
            afterMs = next.AtMs;
        }
    }

    /// <summary>The last time of those after one and not after the other; null where there is none. Looks back from there, so that it does not matter how many there are.</summary>
    public FireTime? Last(long afterMs, long untilMs)
    {
        for (var back = 60_000L; ; back *= 8)
        {
            var from = Math.Max(afterMs, untilMs - back);
            FireTime? last = null;
            foreach (var time in After(from).TakeWhile(time => time.AtMs <= untilMs))
            {
                last = time;
            }

            if (last is not null || from == afterMs)
            {
                return last;
            }
        }
    }

    private FireTime? Interval(long afterMs)
    {
        var at = FirstAfter(afterMs);
        for (var tries = 0; tries < MostExcluded && !(at > endMs) && at <= LastMs; tries++)
        {
            var local = ZoneTimes.ToLocal(Utc(at), zone);
            if (calendar is null || !calendar.Excludes(local))
            {
                return Of(at, null);
            }

            // A day without is passed at once, however many times it has.
            at = Math.Max(FirstAfter(at), FirstAfter(Ms(ZoneTimes.ToUtc(local.Date.AddDays(1), zone)) - 1));
        }

        return null;
    }

    private long FirstAfter(long ms) => ms < anchorMs ? anchorMs : anchorMs + ((((ms - anchorMs) / intervalMs) + 1) * intervalMs);

    private FireTime? Calendar(Cron times, long afterMs)
    {
        var local = ZoneTimes.ToLocal(Utc(afterMs), zone);
        for (var tries = 0; tries < MostExcluded && times.Next(local) is { } next; tries++)
        {
            var at = Ms(ZoneTimes.ToUtc(next, zone));
            if (at > endMs)
            {
                return null;
            }

            if (calendar?.Excludes(next) == true)
            {
                local = next.Date.AddDays(1);
                continue;
            }

            if (at > afterMs)
            {
                return Of(at, ZoneTimes.SavingOf(next, zone));
            }

            local = next.AddSeconds(1);
        }

        return null;
    }

    private FireTime Of(long atMs, string? saving) => new(atMs, atMs + Jitter(atMs), saving);

    // Of schedule and time, so that every process adds the same.
    private long Jitter(long atMs)
    {
        if (jitterMs == 0)
        {
            return 0;
        }

        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{id}\n{atMs}"), hash);
        return (long)(BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)(jitterMs + 1));
    }

    private static DateTime Utc(long ms) => DateTime.UnixEpoch.AddMilliseconds(ms);

    private static long Ms(DateTime utc) => (utc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond;
}
