using System.Text.Json;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Contracts.Json;
using Workers.Domain;
using Workers.Domain.Schedules;
using Workers.Engine.Commands;
using Workers.Engine.Control;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Telemetry;

namespace Workers.Handlers.Commands;

/// <summary>
/// A schedule is due: which of its times fire is decided here, at its key, and committed with the commands that they make and with how far it has come. Whoever says so
/// twice, late, or by a clock that was moved, finds it decided.
/// </summary>
internal sealed class ScheduleFires(SchedulerOptions options, OutcomeOptions outcomes)
{
    private const int AtOnce = 500;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private readonly ScheduleLimits _limits = new((long)options.MisfireThreshold.TotalMilliseconds, AtOnce, options.Runs);

    public void Register(HandlerList handlers) => handlers
        .On<FireSchedule>(ScheduleRuns.Kind, Fire)
        .On<TriggerSchedule>(ScheduleRuns.Kind, Trigger);

    private Reply Fire(FireSchedule command, CommandContext context)
    {
        if (context.Shared.Find(ControlKinds.Schedule, command.ScheduleId) is not { } stored)
        {
            if (context.Load(Aggregates.ScheduleRuns, command.ScheduleId) is not null)
            {
                context.Put(Aggregates.ScheduleRuns, command.ScheduleId, null);
            }

            return Reply.Ok("{}"u8.ToArray());
        }

        // Where clocks differ, that of whoever said that it is due is as good.
        var now = Math.Max(Ms(context), command.DueMs ?? 0);
        var schedule = Schedule.Read(stored);
        FirePlan plan;
        try
        {
            plan = ScheduleRules.Plan(schedule, context.Load(Aggregates.ScheduleRuns, schedule.ScheduleId), now, _limits, id => IsRunning(id, context));
        }
        catch (Exception error) when (error is CronException or TimeZoneNotFoundException)
        {
            return Reply.Refused("SCHEDULE_UNREADABLE", error.Message);
        }

        if (!plan.IsEmpty)
        {
            context.Put(Aggregates.ScheduleRuns, schedule.ScheduleId, plan.Runs);
        }

        Append(schedule, plan, context, now);
        if (plan.HasMore)
        {
            context.Send(new FireSchedule { ScheduleId = schedule.ScheduleId, DueMs = command.DueMs });
        }

        return Reply.Ok(ControlAnswers.Bytes(json =>
        {
            json.WriteString("schedule_id", schedule.ScheduleId);
            json.WriteNumber("fired", plan.Fires.Count);
            json.WriteNumber("missed", plan.MissedTimes);
            json.WriteNumber("skipped", plan.Skipped);
        }));
    }

    private Reply Trigger(TriggerSchedule command, CommandContext context)
    {
        if (context.Shared.Find(ControlKinds.Schedule, command.ScheduleId) is not { } stored)
        {
            return Reply.Refused(Refusal.NotFoundCode, "Schedule not found", 404);
        }

        var (now, schedule) = (Ms(context), Schedule.Read(stored));
        var plan = ScheduleRules.Trigger(
            schedule, context.Load(Aggregates.ScheduleRuns, schedule.ScheduleId), now, Ids.Derived(context.Record.Id, schedule.ScheduleId), _limits, id => IsRunning(id, context));
        context.Put(Aggregates.ScheduleRuns, schedule.ScheduleId, plan.Runs);
        Append(schedule, plan, context, now);
        return plan.Fires.Count == 0
            ? Reply.Refused("STILL_RUNNING", $"The schedule's last command still runs, and its overlap is {schedule.Overlap}", 409)
            : Reply.Ok(ControlAnswers.Bytes(json =>
            {
                json.WriteString("schedule_id", schedule.ScheduleId);
                json.WriteString("command_id", plan.Fires[0].CommandId);
            }));
    }

    private static void Append(Schedule schedule, FirePlan plan, CommandContext context, long nowMs)
    {
        foreach (var fire in plan.Fires)
        {
            context.Send(Record(schedule, fire, context));
        }

        context.Schedule = new ScheduleFigures([.. plan.Fires.Select(fire => Math.Max(0, nowMs - fire.DueMs))], plan.MissedTimes, schedule.Misfire);
    }

    private static LogRecord Record(Schedule schedule, Fire fire, CommandContext context)
    {
        var key = schedule.Key ?? fire.CommandId.ToString();
        return new LogRecord
        {
            Id = fire.CommandId,
            Topic = Topics.Commands,
            Key = key,
            TimestampMs = Ms(context),
            Headers = new HeaderWriter()
                .Add(HeaderName.Type, schedule.CommandType).Add(HeaderName.Source, schedule.Sender).Add(HeaderName.Door, "schedule")
                .Add(HeaderName.CorrelationId, fire.CommandId).Add(HeaderName.CausationId, context.Record.Id).Add(HeaderName.UserId, schedule.UserId)
                .Add(HeaderName.ScheduleId, schedule.ScheduleId).Add(HeaderName.ScheduleWaits, schedule.Overlap == Schedule.Queue ? "1" : null).Take(),
            Value = schedule.KeyMember is { } member
                ? JsonWriting.ToBytes((schedule.Data, member, key), static (made, json) => Write(json, made.Data, made.member, made.key))
                : JsonWriting.ToBytes(schedule.Data, static (data, json) => data.WriteTo(json)),
        };
    }

    private static void Write(Utf8JsonWriter json, JsonElement data, string keyMember, string key)
    {
        json.WriteStartObject();
        json.WriteString(keyMember, key);
        foreach (var member in data.EnumerateObject().Where(member => member.Name != keyMember))
        {
            member.WriteTo(json);
        }

        json.WriteEndObject();
    }

    // The outcome of one that ended long ago is forgotten: then it looks like one that has not begun.
    private bool IsRunning(string id, CommandContext context)
    {
        if (!Guid.TryParse(id, out var command))
        {
            return false;
        }

        var outcome = context.OutcomeOf(command);
        var longest = outcome is null && outcomes.Retention < Longest ? outcomes.Retention : Longest;
        return outcome?.IsFinal != true && Ids.TimestampMs(command) > Ms(context) - (long)longest.TotalMilliseconds;
    }

    private static long Ms(CommandContext context) => context.Now.ToUnixTimeMilliseconds();
}
