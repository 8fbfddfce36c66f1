using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Engine.Faults;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Workers.Engine.Waiting;

namespace Workers.Api.Doors;

/// <summary>
/// The way of one command through the door: read, known already?, append, wait if the caller wants to, answer. Decides nothing; a 2xx is answered only after
/// the log has the command on disk.
/// </summary>
internal sealed class CommandDoor(
    SubmissionReader submissions, KnownKeys known, ILog log, OutcomeWaiter waiter, CommandLookup lookup, JustAccepted accepted, IDataMask mask,
    ApiOptions options, OrderLines lines, EngineMeter meter)
{
    public async Task AcceptAsync(HttpContext http, DoorRoute route)
    {
        var request = submissions.Info(http, route);
        Submission? submission;
        Problem? problem;
        using (var body = await RequestBody.ReadAsync(http.Request, options.MaxBodyBytes))
        {
            submission = submissions.Read(body.Memory, route, request, request.IdempotencyKey, out problem);
        }

        if (submission is null)
        {
            await problem!.WriteAsync(http);
            return;
        }

        await SubmitAsync(http, route, request, submission);
    }

    /// <summary>Appends and answers.</summary>
    /// <param name="http">The request.</param>
    /// <param name="route">Where it came in.</param>
    /// <param name="request">What it says beside its body.</param>
    /// <param name="submission">What is appended.</param>
    /// <param name="ended">Called when there is an outcome, before it is answered.</param>
    public async Task SubmitAsync(HttpContext http, DoorRoute route, RequestInfo request, Submission submission, Func<Outcome, Task>? ended = null)
    {
        lines.Received(submission);
        var wait = Waiting.Of(http, route, options);
        if (await RepeatAsync(http, route, submission, wait))
        {
            return;
        }

        if (submissions.Unhandled(submission) is { } nobody)
        {
            await nobody.WriteAsync(http);
            return;
        }

        if (options.AccessLog)
        {
            http.Features.Set(new SubmittedCommand(submission.Record.Id));
        }

        if (wait.Time == TimeSpan.Zero)
        {
            FailPoint.Hit("door-before-append");
            await log.AppendAsync(submission.Record, CancellationToken.None);
            FailPoint.Hit("door-before-accepted");
            accepted.Add(submission);
            meter.Submitted(submission.Info, submission.Record);
            await Answers.AcceptedAsync(http, submission, request, mask);
            FailPoint.Hit("door-after-accepted");
            return;
        }

        var outcome = await RunAsync(submission, wait.Time);
        if (outcome is not null && ended is not null)
        {
            await ended(outcome);
        }

        await AnswerAsync(http, route, request, submission, outcome, wait.Preference);
    }

    /// <summary>202 where there is no outcome yet.</summary>
    public async Task AnswerAsync(HttpContext http, DoorRoute route, RequestInfo request, Submission submission, Outcome? outcome, Preference preference)
    {
        if (outcome is null)
        {
            await Answers.AcceptedAsync(http, submission, request, mask, await NowAsync(submission.Record));
            return;
        }

        lines.Ended(submission, outcome);
        FailPoint.Hit("door-before-answer");
        await Answers.OutcomeAsync(http, route, submission, outcome, replayed: outcome.Id != submission.Record.Id, preference);
    }

    /// <summary>Appends it and waits; null where there is no outcome in time.</summary>
    public async Task<Outcome?> RunAsync(Submission submission, TimeSpan time) => (await RunAsync([submission], time))[0];

    /// <summary>Appends all, in one commit, and waits for each; null where there is no outcome in time.</summary>
    public async Task<Outcome?[]> RunAsync(IReadOnlyList<Submission> submissions, TimeSpan time)
    {
        var waits = submissions.Select(submission => waiter.Begin(submission.Record.Id, time)).ToList();
        try
        {
            await log.AppendAsync([.. submissions.Select(submission => submission.Record)], CancellationToken.None);
            FailPoint.Hit("door-before-wait");
        }
        catch (LogUnavailableException)
        {
            waits.ForEach(waiter.Forget);
            throw;
        }

        foreach (var submission in submissions)
        {
            accepted.Add(submission);
            meter.Submitted(submission.Info, submission.Record);
        }

        return await Task.WhenAll(waits.Select(wait => wait.Outcome));
    }

    /// <summary>Running, waiting for another attempt, or still queued after all that time; null where it cannot be read, which must not fail what is accepted.</summary>
    private async ValueTask<CommandView?> NowAsync(LogRecord record)
    {
        try
        {
            return await lookup.FindOursAsync(record.Id, (record.Where, record.Offset), CancellationToken.None);
        }
        catch (Exception error) when (error is StoreUnavailableException or LogUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Answers where its key is taken; false where it is not, and nothing is answered.</summary>
    public async Task<bool> RepeatAsync(HttpContext http, DoorRoute route, Submission submission, Waiting wait)
    {
        if (known.Find(submission) is not { } first)
        {
            return false;
        }

        await RepeatAsync(http, route, submission, first, wait);
        return true;
    }

    /// <summary>The key is taken: nothing is appended, the first command's end is the answer.</summary>
    public async Task RepeatAsync(HttpContext http, DoorRoute route, Submission submission, KnownKey known, Waiting wait)
    {
        if (known.IsOther(submission))
        {
            await Problem.KeyReused(submission.CallerId).WriteAsync(http);
            return;
        }

        meter.Replayed();

        var outcome = known.First.IsFinal ? known.First
            : wait.Time == TimeSpan.Zero ? null
            : await waiter.WaitAsync(known.First.Id, wait.Time, http.RequestAborted);
        if (outcome is not null)
        {
            await Answers.OutcomeAsync(http, route, submission, outcome, replayed: true, wait.Preference);
            return;
        }

        var view = await lookup.FindOursAsync(known.First.Id, at: null, http.RequestAborted)
            ?? throw new ProblemException(Problem.NotFound("Command"));
        await Answers.AcceptedAsync(http, view);
    }
}
