using System.Globalization;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Contracts.Commands;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Doors;

/// <summary>What people do to commands that wait: cancel one, clear the queue, pause a kind, let it go on. All of it commands like any other.</summary>
internal sealed class ControlDoor(
    SubmissionReader submissions, CommandDoor door, CommandLookup lookup, CommandReads commands, OutcomeWaiter waiter, TimeProvider clock, ApiOptions options)
{
    private const int MaxReason = 1_000;
    private static readonly DoorRoute Cancels = new("control", "POST /api/v1/commands/{id}/cancel");
    private static readonly DoorRoute Clears = new("control", "DELETE /api/v1/commands/queue");
    private static readonly DoorRoute Pauses = new("control", "POST /api/v1/commands/queues/{kind}/pause");
    private static readonly DoorRoute Resumes = new("control", "POST /api/v1/commands/queues/{kind}/resume");

    /// <summary>The command as it is then: CANCELLED, once its own worker has said so.</summary>
    public async Task CancelAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason");
        var view = await commands.FindAsync(http);
        if (view.Outcome is { } ended)
        {
            throw new ProblemException(new Problem(
                StatusCodes.Status400BadRequest, "NOT_CANCELLABLE",
                $"Only a queued, scheduled or retrying command can be cancelled; this one is {ended.State.Name()}")
            {
                CommandId = view.Row.CallerId ?? view.Row.Id.ToString(),
            });
        }

        var (target, since) = (view.Row, clock.GetTimestamp());
        var request = Because(submissions.Info(http, Cancels), body);
        var submission = Made(new CancelCommand { TargetId = target.Id.ToString(), TargetKey = target.Key, Reason = request.Reason }, Cancels, request);
        var wait = Waiting.Of(http, Cancels, options);
        var outcome = await door.RunAsync(submission, wait.Time);
        if (outcome is not { State: CommandState.Succeeded })
        {
            await door.AnswerAsync(http, Cancels, request, submission, outcome, wait.Preference);
            return;
        }

        var left = wait.Time - clock.GetElapsedTime(since);
        await waiter.WaitAsync(target.Id, left > TimeSpan.Zero ? left : TimeSpan.Zero, http.RequestAborted);
        var now = await lookup.FindOursAsync(target.Id, view.At, http.RequestAborted) ?? view;
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
            TargetKey = body.Text("key"),
            Reason = request.Reason,
            UntilMs = UntilOf(body),
        });
    }

    public async Task ResumeAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "type", "key", "reason");
        var request = Because(submissions.Info(http, Resumes), body);
        var (kind, type) = QueueOf(http, body);
        await SubmitAsync(http, Resumes, request, new ResumeQueue { Queue = kind, TargetType = type, TargetKey = body.Text("key"), Reason = request.Reason });
    }

    /// <summary>The body's reason, else that of the query or of <c>X-Reason</c>.</summary>
    internal static RequestInfo Because(RequestInfo request, JsonBody body)
    {
        var reason = body.Text("reason") ?? request.Reason;
        return reason is { Length: > MaxReason } ? throw ListQuery.Bad("reason", $"reason must be at most {MaxReason} characters") : request with { Reason = reason };
    }

    internal Task SubmitAsync(HttpContext http, DoorRoute route, RequestInfo request, ICommand command) =>
        door.SubmitAsync(http, route, request, Made(command, route, request));

    private Submission Made(ICommand command, DoorRoute route, RequestInfo request)
    {
        var info = CommandCatalog.Of(command);
        return submissions.Make(info, command, info.GetKey(command), null, request.IdempotencyKey, route, request);
    }

    private static (string Kind, string? Type) QueueOf(HttpContext http, JsonBody body)
    {
        var (kind, type) = ((string)http.Request.RouteValues["kind"]!, body.Text("type"));
        return QueueNames.Wrong(kind, type) is { } wrong ? throw ListQuery.Bad(wrong.StartsWith("type", StringComparison.Ordinal) ? "type" : "kind", wrong) : (kind, type);
    }

    private long? UntilOf(JsonBody body)
    {
        if (body.Text("until") is not { } text)
        {
            return null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until) && until > clock.GetUtcNow()
            ? until.ToUnixTimeMilliseconds()
            : throw ListQuery.Bad("until", "until must be a time to come, such as 2026-01-31T12:00:00Z");
    }
}
