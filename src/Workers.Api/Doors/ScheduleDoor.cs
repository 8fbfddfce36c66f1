using Microsoft.AspNetCore.Http;
using Workers.Api.Callers;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Domain.Schedules;
using Workers.Engine.Control;
using Workers.Engine.Identity;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Api.Doors;

/// <summary>What people do to schedules. A command for one time is a schedule too to those who call; it is kept otherwise (<see cref="DelayedDoor"/>).</summary>
internal sealed class ScheduleDoor(
    SubmissionReader submissions, KnownKeys known, ControlDoor control, CommandDoor door, DelayedDoor delayed, ScheduleReader schedules, ScheduleReads reads, ControlFeed feed, TimeProvider clock,
    ApiOptions options)
{
    private static readonly DoorRoute Creates = new("control", "POST /api/v1/commands/schedule");
    private static readonly DoorRoute Changes = new("control", $"PUT {DelayedDoor.Path}/{{id}}");
    private static readonly DoorRoute Deletes = new("control", $"DELETE {DelayedDoor.Path}/{{id}}");
    private static readonly DoorRoute Pauses = new("control", $"POST {DelayedDoor.Path}/{{id}}/pause");
    private static readonly DoorRoute Resumes = new("control", $"POST {DelayedDoor.Path}/{{id}}/resume");
    private static readonly DoorRoute Triggers = new("control", $"POST {DelayedDoor.Path}/{{id}}/trigger");

    public async Task CreateAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, ScheduleBody.Members);
        if (body.Value("at") is not null)
        {
            Only(body, "command", "at", "description", "reason");
            await delayed.AcceptAsync(http, body);
            return;
        }

        var request = ControlDoor.Because(submissions.Info(http, Creates), body);
        var said = body.Text("schedule_id");
        if (said is not null && !IdRules.IsId(said))
        {
            throw new ProblemException(Problem.BadId("schedule_id"));
        }

        var id = said ?? (request.IdempotencyKey is { } key ? Ids.OfCaller(request.Caller, nameof(CreateSchedule), key) : Ids.New(clock.GetUtcNow())).ToString();
        if (body.Value("cron") is not null || body.Value("interval") is not null)
        {
            RequireOperator(http);
        }

        var schedule = schedules.Read(http, body, id, null);
        RequireOperator(http);
        http.Response.Headers.Location = $"{DelayedDoor.Path}/{id}";
        await RunAsync(http, Creates, request, new CreateSchedule { ScheduleId = id, Definition = ScheduleReader.DefinitionOf(schedule), Reason = request.Reason }, id, StatusCodes.Status201Created);
    }

    public async Task ChangeAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, ScheduleBody.Members);
        if (reads.Find(http) is not { } before)
        {
            Only(body, "command", "at", "description", "reason");
            await delayed.ChangeAsync(http, body, await reads.DelayedAsync(http));
            return;
        }

        RequireOperator(http);
        if (body.Value("at") is not null)
        {
            throw ListQuery.Bad("at", "at is of a command for one time; this schedule fires by cron or interval");
        }

        var request = ControlDoor.Because(submissions.Info(http, Changes), body);
        var schedule = schedules.Read(http, body, before.ScheduleId, before) with { Source = "api" };
        await RunAsync(
            http, Changes, request, new UpdateSchedule { ScheduleId = before.ScheduleId, Definition = ScheduleReader.DefinitionOf(schedule), Reason = request.Reason }, before.ScheduleId,
            StatusCodes.Status200OK);
    }

    public async Task DeleteAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason");
        if (reads.Find(http) is not { } schedule)
        {
            await control.CancelAsync(http, body, await reads.DelayedAsync(http));
            return;
        }

        RequireOperator(http);
        var request = ControlDoor.Because(submissions.Info(http, Deletes), body);
        await control.SubmitAsync(http, Deletes, request, new DeleteSchedule { ScheduleId = schedule.ScheduleId, Reason = request.Reason });
    }

    /// <summary><c>{reason, until}</c>.</summary>
    public async Task PauseAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason", "until");
        var schedule = await RecurringAsync(http);
        var request = ControlDoor.Because(submissions.Info(http, Pauses), body);
        var command = new PauseSchedule { ScheduleId = schedule.ScheduleId, UntilMs = control.UntilOf(body), Reason = request.Reason };
        await RunAsync(http, Pauses, request, command, schedule.ScheduleId, StatusCodes.Status200OK);
    }

    public async Task ResumeAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason");
        var schedule = await RecurringAsync(http);
        var request = ControlDoor.Because(submissions.Info(http, Resumes), body);
        await RunAsync(http, Resumes, request, new ResumeSchedule { ScheduleId = schedule.ScheduleId, Reason = request.Reason }, schedule.ScheduleId, StatusCodes.Status200OK);
    }

    public async Task TriggerAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason");
        if (reads.Find(http) is not { } schedule)
        {
            await delayed.TriggerAsync(http, body, await reads.DelayedAsync(http));
            return;
        }

        RequireOperator(http);
        var request = ControlDoor.Because(submissions.Info(http, Triggers), body);
        await control.SubmitAsync(http, Triggers, request, new TriggerSchedule { ScheduleId = schedule.ScheduleId, Reason = request.Reason });
    }

    /// <summary>Answers with the schedule as it is then.</summary>
    private async Task RunAsync(HttpContext http, DoorRoute route, RequestInfo request, ICommand command, string id, int status)
    {
        var submission = control.Made(command, route, request);
        var wait = Waiting.Of(http, route, options);
        if (known.Find(submission) is { } first)
        {
            if (first.IsOther(submission) || first.First.State != CommandState.Succeeded || reads.Find(id) is not { } there)
            {
                await door.RepeatAsync(http, route, submission, first, wait);
                return;
            }

            http.Response.Headers["Idempotent-Replayed"] = "true";
            reads.Send(http, there, status);
            return;
        }

        var outcome = await door.RunAsync(submission, wait.Time);
        feed.Ask();
        if (outcome is { State: CommandState.Succeeded } && reads.Find(id) is { } schedule)
        {
            reads.Send(http, schedule, status);
            return;
        }

        await door.AnswerAsync(http, route, request, submission, outcome, wait.Preference);
    }

    private async ValueTask<Schedule> RecurringAsync(HttpContext http)
    {
        RequireOperator(http);
        if (reads.Find(http) is { } schedule)
        {
            return schedule;
        }

        await reads.DelayedAsync(http);
        throw new ProblemException(new Problem(StatusCodes.Status400BadRequest, "INVALID_STATE", "A command for one time is not paused: cancel it, or give it another time"));
    }

    private static void Only(JsonBody body, params string[] members)
    {
        if (ScheduleBody.Members.FirstOrDefault(member => !members.Contains(member) && body.Value(member) is not null) is { } other)
        {
            throw ListQuery.Bad(other, $"{other} is of schedules; a command for one time takes {string.Join(", ", members)}");
        }
    }

    private static void RequireOperator(HttpContext http)
    {
        if (Caller.Of(http) is var caller && !caller.Is(Role.Operator))
        {
            throw new ProblemException(CrossSite.Forbidden($"Schedules need the role {Roles.Said(Role.Operator)}; {caller.Name} has {Roles.Said(caller.Roles, ", ")}"));
        }
    }
}
