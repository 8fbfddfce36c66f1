using Microsoft.AspNetCore.Http;
using Workers.Api.Callers;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Contracts.Commands;
using Workers.Engine.Control;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Doors;

/// <summary>What people do to commands that wait: cancel one, clear the queue, pause a kind, let it go on. All of it commands like any other.</summary>
internal sealed class ControlDoor(
    SubmissionReader submissions, KnownKeys known, CommandDoor door, CommandLookup lookup, CommandReads commands, OutcomeWaiter waiter,
    ControlFeed control, TimeProvider clock, ApiOptions options)
{
    private static readonly DoorRoute Cancels = new("control", "POST /api/v1/commands/{id}/cancel");
    private static readonly DoorRoute Clears = new("control", "DELETE /api/v1/commands/queue");
    private static readonly DoorRoute Pauses = new("control", "POST /api/v1/commands/queues/{kind}/pause");
    private static readonly DoorRoute Resumes = new("control", "POST /api/v1/commands/queues/{kind}/resume");

    /// <summary>The command as it is then: CANCELLED, once its own worker has said so.</summary>
    public async Task CancelAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason");
        await CancelAsync(http, body, await commands.FindAsync(http));
    }

    public async Task CancelAsync(HttpContext http, JsonBody body, CommandView view)
    {
        CommandRoles.RequireOwn(http, view.Row);
        var (target, since) = (view.Row, clock.GetTimestamp());
        var request = Because(submissions.Info(http, Cancels), body);
        var submission = Made(new CancelCommand { TargetId = target.Id.ToString(), TargetKey = target.Key, Reason = request.Reason }, Cancels, request);
        var wait = Waiting.Of(http, Cancels, options);
        var first = known.Find(submission);
        if (first is not null && (first.First.State != CommandState.Succeeded || first.IsOther(submission)))
        {
            await door.RepeatAsync(http, Cancels, submission, first, wait);
            return;
        }

        if (first is null && view.Outcome is { State: not CommandState.Scheduled } ended)
        {
            throw new ProblemException(new Problem(
                StatusCodes.Status400BadRequest, "NOT_CANCELLABLE",
                $"Only a queued, scheduled or retrying command can be cancelled; this one is {ended.State.Name()}")
            {
                CommandId = view.Row.CallerId ?? view.Row.Id.ToString(),
            });
        }

        var outcome = first?.First ?? await door.RunAsync(submission, wait.Time);
        if (outcome is not { State: CommandState.Succeeded })
        {
            await door.AnswerAsync(http, Cancels, request, submission, outcome, wait.Preference);
            return;
        }

        var left = wait.Time - clock.GetElapsedTime(since);
        await waiter.WaitAsync(target.Id, left > TimeSpan.Zero ? left : TimeSpan.Zero, http.RequestAborted);
        var now = await lookup.FindOursAsync(target.Id, view.At, http.RequestAborted) ?? view;
        if (outcome.Id != submission.Record.Id)
        {
            http.Response.Headers["Idempotent-Replayed"] = "true";
        }

        using var json = JsonAnswer.Rent();
        CommandResource.Write(json.Writer, now);
        await json.SendAsync(http, now.IsFinal ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    public async Task ClearAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason");
        var request = Because(submissions.Info(http, Clears), body);
        await SubmitAsync(http, Clears, request, new ClearQueue { Reason = request.Reason });
    }

    public async Task PauseAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "type", "key", "reason", "until");
        var request = Because(submissions.Info(http, Pauses), body);
        var (kind, type) = QueueOf(http, body);
        await SubmitAsync(http, Pauses, request, new PauseQueue
        {
            Queue = kind,
            TargetType = type,
            TargetKey = KeyOf(body),
            Reason = request.Reason,
            UntilMs = UntilOf(body),
        });
    }

    public async Task ResumeAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "type", "key", "reason");
        var request = Because(submissions.Info(http, Resumes), body);
        var (kind, type) = QueueOf(http, body);
        await SubmitAsync(http, Resumes, request, new ResumeQueue { Queue = kind, TargetType = type, TargetKey = KeyOf(body), Reason = request.Reason });
    }

    /// <summary>The body's reason, else that of the query or of <c>X-Reason</c>.</summary>
    internal static RequestInfo Because(RequestInfo request, JsonBody body) => request with { Reason = Reason.Of(body, request) };

    /// <summary>Who is told that it is done finds it done at this door.</summary>
    internal Task SubmitAsync(HttpContext http, DoorRoute route, RequestInfo request, ICommand command) =>
        door.SubmitAsync(http, route, request, Made(command, route, request), _ =>
        {
            control.Ask();
            return Task.CompletedTask;
        });

    internal Submission Made(ICommand command, DoorRoute route, RequestInfo request)
    {
        var info = CommandCatalog.Of(command);
        return submissions.Make(info, command, info.GetKey(command), null, request.IdempotencyKey, route, request);
    }

    // Types that only registered handlers know are of the kind system.
    private (string Kind, string? Type) QueueOf(HttpContext http, JsonBody body)
    {
        var (kind, type) = ((string)http.Request.RouteValues["kind"]!, body.Text("type"));
        if (kind == Kind.System && type is not null && control.Current.Handlers.Of(type) is not null)
        {
            return (kind, type);
        }

        return QueueNames.Wrong(kind, type) is { } wrong ? throw ListQuery.Bad(wrong.StartsWith("type", StringComparison.Ordinal) ? "type" : "kind", wrong) : (kind, type);
    }

    private static string? KeyOf(JsonBody body) => body.Text("key") is not { } key ? null : IdRules.IsId(key) ? key : throw new ProblemException(Problem.BadId("key"));

    internal long? UntilOf(JsonBody body)
    {
        if (body.Text("until") is not { } text)
        {
            return null;
        }

        return TimeText.Read(text) is { } until && until > clock.GetUtcNow()
            ? until.ToUnixTimeMilliseconds()
            : throw ListQuery.Bad("until", "until must be a time to come, such as 2026-01-31T12:00:00Z");
    }
}
