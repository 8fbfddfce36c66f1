using System.Buffers;

namespace Workers.Domain.Schedules;

/// <summary>
/// What local times are in a zone: a time that daylight saving leaves out is the instant at which it ends, a time that there is twice is its first. So a local time is
/// one instant, and a later one is never an earlier instant. Tests: DaylightSavingTests.
/// </summary>
public static class ZoneTimes
{
    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/");

    /// <summary>The zone of an IANA name; null where there is none of that name, or none are known on this machine.</summary>
    public static TimeZoneInfo? Find(string id)
    {
        if (id is "UTC" or "Etc/UTC" or "Z")
        {
            return TimeZoneInfo.Utc;
        }

        // Windows' names and POSIX rules are not what is asked for.
        return id.Length is > 0 and < 64 && char.IsAsciiLetterUpper(id[0]) && !id.AsSpan().ContainsAnyExcept(Letters) && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : null;
    }

    /// <summary>Why there is no such zone, and what to do.</summary>
    public static string Unknown(string id) => TimeZoneInfo.TryFindSystemTimeZoneById("Europe/Berlin", out _)
        ? $"time_zone '{id}' is unknown; it is an IANA name such as Europe/Berlin, or UTC"
        : $"time_zone '{id}' is unknown: this machine has no time zones; install tzdata (Debian: apt-get install tzdata), or use UTC";

    /// <summary>The instant of a local time.</summary>
    public static DateTime ToUtc(DateTime local, TimeZoneInfo zone)
    {
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(local))
        {
            return EndOfGap(local, zone);
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return DateTime.SpecifyKind(local - offset, DateTimeKind.Utc);
    }

    public static DateTime ToLocal(DateTime utc, TimeZoneInfo zone) =>
        DateTime.SpecifyKind(utc + zone.GetUtcOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)), DateTimeKind.Unspecified);

    /// <summary><c>gap</c> or <c>overlap</c> where that local time is none, or there twice; null elsewhere.</summary>
    public static string? SavingOf(DateTime local, TimeZoneInfo zone) => zone.IsInvalidTime(local) ? "gap" : zone.IsAmbiguousTime(local) ? "overlap" : null;

    /// <summary>Whether the clock is changed on that local day.</summary>
    public static bool IsChanged(DateTime day, TimeZoneInfo zone) =>
        zone.GetUtcOffset(ToUtc(day.Date, zone)) != zone.GetUtcOffset(ToUtc(day.Date.AddDays(1), zone));

    // The offset before the gap is that of a day earlier; the first instant with another one ends it.
    private static DateTime EndOfGap(DateTime local, TimeZoneInfo zone)
    {
        var valid = local;
        while (zone.IsInvalidTime(valid))
        {
            valid = valid.AddMinutes(1);
        }

        // To the second: changes at odd seconds are of the nineteenth century.
        valid = new DateTime(valid.Ticks - (valid.Ticks % TimeSpan.TicksPerMinute));
        return DateTime.SpecifyKind(valid - zone.GetUtcOffset(valid), DateTimeKind.Utc);
    }
}
