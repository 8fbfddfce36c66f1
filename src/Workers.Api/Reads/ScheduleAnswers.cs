using System.Text.Json;
using Workers.Api.Doors;
using Workers.Contracts.Commands;
using Workers.Domain.Schedules;
using Workers.Engine.Projections;

namespace Workers.Api.Reads;

/// <summary>A schedule as callers see it.</summary>
internal static class ScheduleAnswers
{
    private const string Active = "ACTIVE";
    private const string Paused = "PAUSED";
    private const string Ended = "ENDED";
    private const string Unreadable = "UNREADABLE";

    /// <summary>The states of schedules.</summary>
    public static readonly string[] States = [Active, Paused, Ended, Unreadable];

    public static string StateOf(Schedule schedule, ScheduleRuns? runs, long nowMs) => StateOf(schedule, Next(schedule, runs, nowMs, out var wrong), wrong, nowMs);

    public static void Write(Utf8JsonWriter writer, Schedule schedule, ScheduleRuns? runs, long nowMs, IDataMask mask)
    {
        var isPaused = schedule.IsPaused(nowMs);
        var next = Next(schedule, runs, nowMs, out var wrong);
        writer.WriteStartObject();
        writer.WriteString("id"u8, schedule.ScheduleId);
        writer.WriteString("schedule_id"u8, schedule.ScheduleId);
        writer.WriteString("kind"u8, schedule.IsCron ? "cron"u8 : "interval"u8);
        writer.WriteString("state"u8, StateOf(schedule, next, wrong, nowMs));
        WriteDefinition(writer, schedule, mask);
        if (schedule.Cron is { } cron && wrong is null)
        {
            writer.WriteString("in_words"u8, CronWords.Of(Cron.Parse(cron)));
        }

        writer.WriteText("error", wrong);
        writer.WriteTime("next_fire_at", next?.DueMs ?? 0);
        writer.WriteTime("last_fire_at", runs?.Of == schedule.CreatedMs ? runs.Runs.FirstOrDefault(run => run.CommandId is not null)?.AtMs ?? 0 : 0);
        if (isPaused && schedule.Pause is { } pause)
        {
            writer.WriteStartObject("paused"u8);
            writer.WriteText("reason", pause.Reason);
            writer.WriteTime("until", pause.UntilMs ?? 0);
            writer.WriteString("by"u8, pause.By);
            writer.WriteTime("at", pause.AtMs);
            writer.WriteEndObject();
        }

        writer.WriteString("source"u8, schedule.Source);
        writer.WriteString("created_by"u8, schedule.By);
        writer.WriteString("command_by"u8, schedule.Sender);
        writer.WriteTime("created_at", schedule.CreatedMs);
        writer.WriteTime("updated_at", schedule.UpdatedMs);
        var self = $"{DelayedDoor.Path}/{schedule.ScheduleId}";
        writer.WriteStartObject("links"u8);
        writer.WriteString("self"u8, self);
        writer.WriteString("upcoming"u8, self + "/upcoming");
        writer.WriteString("runs"u8, self + "/runs");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>What somebody would write to make it again.</summary>
    public static void WriteDefinition(Utf8JsonWriter writer, Schedule schedule, IDataMask mask)
    {
        writer.WriteStartObject("command"u8);
        writer.WriteString("type"u8, schedule.CommandType);
        writer.WriteRaw("data", mask.Apply(JsonWriting.ToBytes(schedule, WriteData), CommandCatalog.FindOrCustom(schedule.CommandType).Type));
        writer.WriteEndObject();
        writer.WriteText("cron", schedule.Cron);
        writer.WriteText("interval", schedule.IntervalMs is { } interval ? Durations.Write(interval) : null);
        writer.WriteString("time_zone"u8, schedule.TimeZone);
        writer.WriteString("misfire"u8, schedule.Misfire);
        writer.WriteString("overlap"u8, schedule.Overlap);
        writer.WriteTime("start_at", schedule.StartMs ?? 0);
        writer.WriteTime("end_at", schedule.EndMs ?? 0);
        writer.WriteText("jitter", schedule.JitterMs > 0 ? Durations.Write(schedule.JitterMs) : null);
        if (schedule.Calendar is { } calendar)
        {
            writer.WriteStartObject("calendar"u8);
            writer.WriteText("name", calendar.Name);
            writer.WriteTexts("weekdays", calendar.Weekdays);
            writer.WriteTexts("dates", calendar.Dates);
            writer.WriteEndObject();
        }

        writer.WriteText("description", schedule.Description);
        writer.WriteText("owner", schedule.Owner);
        if (schedule.Tags is { } tags)
        {
            writer.WriteTexts("tags", tags);
        }
    }

    // The id that each time makes is not the schedule's.
    private static void WriteData(Schedule schedule, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var member in schedule.Data.EnumerateObject().Where(member => member.Name != schedule.KeyMember))
        {
            member.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private static string StateOf(Schedule schedule, FireTime? next, string? wrong, long nowMs) =>
        schedule.IsPaused(nowMs) ? Paused : wrong is not null ? Unreadable : next is null ? Ended : Active;

    private static FireTime? Next(Schedule schedule, ScheduleRuns? runs, long nowMs, out string? wrong)
    {
        wrong = null;
        try
        {
            return ScheduleRules.Next(schedule, runs, nowMs);
        }
        catch (Exception error) when (error is CronException or TimeZoneNotFoundException)
        {
            wrong = error.Message;
            return null;
        }
    }
}
