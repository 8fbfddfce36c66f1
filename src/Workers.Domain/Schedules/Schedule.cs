using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workers.Domain.Schedules;

/// <summary>A command that is executed again and again: what people made, as every worker knows it.</summary>
public sealed record Schedule
{
    public const string FireNow = "fire_now";
    public const string Skip = "skip";
    public const string FireAll = "fire_all";
    public const string Allow = "allow";
    public const string Queue = "queue";

    /// <summary>What becomes of times that were missed: one fire for all of them, none, or each.</summary>
    public static IReadOnlyList<string> Misfires { get; } = [FireNow, Skip, FireAll];

    /// <summary>What becomes of a time at which the last command still runs.</summary>
    public static IReadOnlyList<string> Overlaps { get; } = [Allow, Skip, Queue];

    public required string ScheduleId { get; init; }

    public required string CommandType { get; init; }

    /// <summary>The command's data as they are kept.</summary>
    public required JsonElement Data { get; init; }

    /// <summary>What it is about; null where each fire makes its own.</summary>
    public string? Key { get; init; }

    /// <summary>The data's member that has the key, where each fire makes its own.</summary>
    public string? KeyMember { get; init; }

    public string? UserId { get; init; }

    public string? Cron { get; init; }

    /// <summary>An IANA name.</summary>
    public string TimeZone { get; init; } = "UTC";

    public long? IntervalMs { get; init; }

    public string Misfire { get; init; } = FireNow;

    public string Overlap { get; init; } = Allow;

    public long? StartMs { get; init; }

    public long? EndMs { get; init; }

    public long JitterMs { get; init; }

    public ScheduleCalendar? Calendar { get; init; }

    public string? Description { get; init; }

    public string? Owner { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary><c>api</c> or <c>file</c>.</summary>
    public string Source { get; init; } = "api";

    public SchedulePause? Pause { get; init; }

    /// <summary>Times before it are no fires of this schedule: it was made, changed or resumed then.</summary>
    public long FromMs { get; init; }

    /// <summary>Who made it.</summary>
    public string By { get; init; } = "";

    /// <summary>Whose its command is since somebody else has changed that; null where it is still the one of who made it.</summary>
    public string? CommandBy { get; init; }

    /// <summary>Who sends what it executes.</summary>
    [JsonIgnore]
    public string Sender => CommandBy ?? By;

    public long CreatedMs { get; init; }

    public long UpdatedMs { get; init; }

    [JsonIgnore]
    public bool IsCron => Cron is not null;

    /// <summary>When it fires.</summary>
    /// <exception cref="CronException">The expression cannot be read.</exception>
    /// <exception cref="TimeZoneNotFoundException">This machine does not know the zone.</exception>
    public Timing Timing() => new(
        ScheduleId, Cron is null ? null : Schedules.Cron.Parse(Cron), ZoneTimes.Find(TimeZone) ?? throw new TimeZoneNotFoundException(ZoneTimes.Unknown(TimeZone)),
        IntervalMs ?? 0, StartMs ?? (CreatedMs + (IntervalMs ?? 0)), StartMs, EndMs, JitterMs, Calendar);

    public bool IsPaused(long nowMs) => Pause is { } pause && !(pause.UntilMs <= nowMs);

    /// <summary>The first time of which it is asked whether it fires: what falls into a pause does not.</summary>
    public long CountsFrom(long nowMs) => Pause?.UntilMs is { } until && until <= nowMs ? Math.Max(FromMs, until) : FromMs;

    /// <summary>Whether the other one fires at other times.</summary>
    public bool IsTimedAs(Schedule other) =>
        (Cron, TimeZone, IntervalMs, StartMs, EndMs, JitterMs) == (other.Cron, other.TimeZone, other.IntervalMs, other.StartMs, other.EndMs, other.JitterMs)
        && (Calendar, other.Calendar) switch
        {
            (null, null) => true,
            ({ } mine, { } its) => mine.Weekdays.SequenceEqual(its.Weekdays) && mine.Dates.SequenceEqual(its.Dates),
            _ => false,
        };

    /// <summary>Whether it executes the same as the other one. A value that was encrypted anew is another one.</summary>
    public bool Executes(Schedule other)
    {
        var (mine, its) = (Said(), other.Said());
        return (CommandType, Key, KeyMember, UserId) == (other.CommandType, other.Key, other.KeyMember, other.UserId)
            && mine.Count == its.Count && mine.All(member => its.TryGetValue(member.Key, out var value) && JsonElement.DeepEquals(member.Value, value));
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, DomainJson.Default.Schedule);

    // The key that a door made is another one each time.
    private Dictionary<string, JsonElement> Said() => Data.EnumerateObject().Where(member => member.Name != KeyMember).ToDictionary(member => member.Name, member => member.Value);

    /// <exception cref="JsonException">It is none.</exception>
    public static Schedule Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, DomainJson.Default.Schedule) ?? throw new JsonException("A schedule was null.");
}

/// <summary>It does not fire.</summary>
/// <param name="UntilMs">When that ends by itself; null for never.</param>
public sealed record SchedulePause(string? Reason, long? UntilMs, string By, long AtMs);
