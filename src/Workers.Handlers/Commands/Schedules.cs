using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Domain;
using Workers.Domain.Schedules;
using Workers.Engine.Commands;
using Workers.Engine.Control;
using Workers.Engine.Store;
using Workers.Handlers.Audit;

namespace Workers.Handlers.Commands;

/// <summary>Schedules as people make them: known to every worker. When they fire: <see cref="ScheduleFires"/>.</summary>
internal static class Schedules
{
    public static void Register(HandlerList handlers) => handlers
        .On<CreateSchedule>(null, Create)
        .On<UpdateSchedule>(null, Update)
        .On<DeleteSchedule>(null, Delete)
        .On<PauseSchedule>(null, Pause)
        .On<ResumeSchedule>(null, Resume);

    private static Reply Create(CreateSchedule command, CommandContext context)
    {
        if (Find(command.ScheduleId, context) is not null)
        {
            return Reply.Refused("ALREADY_EXISTS", $"There is a schedule {command.ScheduleId}", 409);
        }

        var now = Ms(context);
        var schedule = Read(command.Definition) with
        {
            ScheduleId = command.ScheduleId,
            Pause = null,
            By = context.Caller,
            CommandBy = null,
            FromMs = now,
            CreatedMs = now,
            UpdatedMs = now,
        };
        var after = Write(schedule, context);
        context.Announce(new ScheduleCreated { ScheduleId = command.ScheduleId, Reason = command.Reason, After = ControlAnswers.Members(after) });
        return Answer(schedule, context, 201);
    }

    private static Reply Update(UpdateSchedule command, CommandContext context)
    {
        if (Find(command.ScheduleId, context) is not { } before)
        {
            return NotFound();
        }

        var (now, wanted) = (Ms(context), Read(command.Definition));
        wanted = wanted with
        {
            ScheduleId = command.ScheduleId,
            Pause = before.Pause,
            By = before.By,
            CreatedMs = before.CreatedMs,
            UpdatedMs = now,
        };

        // Nobody has something executed in another one's name.
        wanted = wanted with { CommandBy = wanted.Executes(before) ? before.CommandBy : context.Caller };

        // What is due by the old times has been decided, or is not asked for any more.
        return Change(before, wanted with { FromMs = wanted.IsTimedAs(before) ? before.FromMs : now }, "changed", command.Reason, context);
    }

    private static Reply Delete(DeleteSchedule command, CommandContext context)
    {
        if (context.FindControl(ControlKinds.Schedule, command.ScheduleId) is not { } stored)
        {
            return NotFound();
        }

        context.Write(new ControlWrite(ControlKinds.Schedule, command.ScheduleId, Ms(context), null));

        // Its runs are dropped by who has them.
        context.Send(new FireSchedule { ScheduleId = command.ScheduleId });
        context.Announce(new ScheduleDeleted { ScheduleId = command.ScheduleId, Reason = command.Reason, Before = ControlAnswers.Members(stored) });
        return Reply.Ok(ControlAnswers.Bytes(json =>
        {
            json.WriteString("schedule_id", command.ScheduleId);
            json.WriteBoolean("deleted", true);
        }));
    }

    private static Reply Pause(PauseSchedule command, CommandContext context) => Find(command.ScheduleId, context) is not { } before ? NotFound()
        : Change(
            before, before with { FromMs = before.CountsFrom(Ms(context)), Pause = new SchedulePause(command.Reason, command.UntilMs, context.Caller, Ms(context)), UpdatedMs = Ms(context) },
            "paused", command.Reason, context);

    private static Reply Resume(ResumeSchedule command, CommandContext context)
    {
        if (Find(command.ScheduleId, context) is not { } before)
        {
            return NotFound();
        }

        var now = Ms(context);
        return Change(
            before, before with { Pause = null, FromMs = before.IsPaused(now) ? now : before.CountsFrom(now), UpdatedMs = now }, "resumed", command.Reason, context);
    }

    private static Reply Change(Schedule before, Schedule after, string how, string? reason, CommandContext context)
    {
        var bytes = Write(after, context);
        context.Announce(new ScheduleUpdated
        {
            ScheduleId = after.ScheduleId,
            Change = how,
            Reason = reason,
            Before = ControlAnswers.Members(before.ToBytes()),
            After = ControlAnswers.Members(bytes),
        });
        return Answer(after, context, 200);
    }

    private static byte[] Write(Schedule schedule, CommandContext context)
    {
        var bytes = schedule.ToBytes();
        context.Write(new ControlWrite(ControlKinds.Schedule, schedule.ScheduleId, Ms(context), bytes));
        return bytes;
    }

    private static Reply Answer(Schedule schedule, CommandContext context, int status) => Reply.Ok(
        ControlAnswers.Bytes(json =>
        {
            json.WriteString("id", schedule.ScheduleId);
            json.WriteString("schedule_id", schedule.ScheduleId);
            json.WriteString("kind", schedule.IsCron ? "cron" : "interval");
            json.WriteString("state", schedule.IsPaused(Ms(context)) ? "PAUSED" : "ACTIVE");
        }),
        status);

    private static Schedule Read(Dictionary<string, JsonElement>? definition) => Schedule.Read(JsonText.Of(definition ?? []).Span);

    private static Schedule? Find(string id, CommandContext context) =>
        context.FindControl(ControlKinds.Schedule, id) is { } stored ? Schedule.Read(stored) : null;

    private static Reply NotFound() => Reply.Refused(Refusal.NotFoundCode, "Schedule not found", 404);

    private static long Ms(CommandContext context) => context.Now.ToUnixTimeMilliseconds();
}
