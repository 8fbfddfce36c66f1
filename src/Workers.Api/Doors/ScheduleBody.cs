using System.Text.Json;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Domain.Schedules;

namespace Workers.Api.Doors;

/// <summary>A schedule as people write it; all but its command, which is read as every other.</summary>
internal static class ScheduleBody
{
    public static readonly string[] Members =
    [
        "schedule_id", "command", "at", "cron", "interval", "time_zone", "misfire", "overlap", "start_at", "end_at", "jitter", "calendar", "description", "owner", "tags", "reason",
    ];

    private const int MaxText = 1_000;
    private const int MaxTags = 20;
    private const long Day = 86_400_000;

    /// <exception cref="ProblemException">A member is wrong; of a cron expression it says which field and why.</exception>
    public static Schedule Read(JsonBody body, string id, Submission command)
    {
        if (command.CallerId is not null)
        {
            throw ListQuery.Bad("command.command_id", "command.command_id cannot be given: each time makes a command with an id of its own");
        }

        var (cron, interval) = (CronOf(body), Durations.Read(body, "interval", 1_000, 366 * Day));
        if ((cron is null) == (interval is null))
        {
            throw ListQuery.Bad("cron", cron is null ? "at, cron or interval is required: when it fires" : "cron and interval are given: it fires by one of them");
        }

        var zone = body.Text("time_zone") ?? "UTC";
        if (ZoneTimes.Find(zone) is null)
        {
            throw ListQuery.Bad("time_zone", ZoneTimes.Unknown(zone));
        }

        using var data = JsonDocument.Parse(command.Data);
        var schedule = new Schedule
        {
            ScheduleId = id,
            CommandType = command.Name,
            Data = data.RootElement.Clone(),
            Key = command.KeyWasMade ? null : command.Record.Key,
            KeyMember = command.KeyWasMade && command.Info.Type != typeof(CustomCommand) ? command.Info.KeyField.Name : null,
            UserId = command.UserId,
            Cron = cron?.Text,
            IntervalMs = interval,
            TimeZone = zone,
            Misfire = OneOf(body, "misfire", Schedule.Misfires),
            Overlap = OneOf(body, "overlap", Schedule.Overlaps),
            StartMs = TimeOf(body, "start_at"),
            EndMs = TimeOf(body, "end_at"),
            JitterMs = Durations.Read(body, "jitter", 0, Day) ?? 0,
            Calendar = CalendarOf(body),
            Description = TextOf(body, "description"),
            Owner = TextOf(body, "owner"),
            Tags = TagsOf(body),
        };
        return schedule.EndMs <= schedule.StartMs ? throw ListQuery.Bad("end_at", "end_at must be after start_at") : schedule;
    }

    private static Cron? CronOf(JsonBody body)
    {
        try
        {
            return body.Text("cron") is { } text ? Cron.Parse(text) : null;
        }
        catch (CronException error)
        {
            throw ListQuery.Bad("cron", error.Message);
        }
    }

    private static string OneOf(JsonBody body, string name, IReadOnlyList<string> values) => body.Text(name) is not { } text ? values[0]
        : values.Contains(text) ? text
        : throw ListQuery.Bad(name, $"{name} must be one of {string.Join(", ", values)}");

    private static long? TimeOf(JsonBody body, string name) => body.Text(name) is not { } text ? null
        : TimeText.Read(text)?.ToUnixTimeMilliseconds() ?? throw ListQuery.Bad(name, $"{name} must be a time such as 2026-01-31T12:00:00Z");

    /// <summary>Null where it is absent.</summary>
    /// <exception cref="ProblemException">It is too long.</exception>
    public static string? TextOf(JsonBody body, string name) => body.Text(name) is not { } text ? null
        : text.Length <= MaxText ? text : throw ListQuery.Bad(name, $"{name} must be at most {MaxText} characters");

    private static IReadOnlyList<string>? TagsOf(JsonBody body) => body.Texts("tags") is not { } tags ? null
        : tags.Count <= MaxTags && tags.All(IdRules.IsId) ? [.. tags.Distinct()]
        : throw ListQuery.Bad("tags", $"tags must be at most {MaxTags} words");

    private static ScheduleCalendar? CalendarOf(JsonBody body)
    {
        if (body.Value("calendar") is null)
        {
            return null;
        }

        var calendar = body.Object("calendar", "name", "weekdays", "dates");
        var read = new ScheduleCalendar(calendar.Text("name"), calendar.Texts("weekdays") ?? [], calendar.Texts("dates") ?? []);
        return read.Wrong() is { } wrong ? throw ListQuery.Bad("calendar", wrong) : read;
    }
}
