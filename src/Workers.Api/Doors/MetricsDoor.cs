using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Metrics;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Api.Doors;

/// <summary>Figures of commands begin anew.</summary>
internal sealed class MetricsDoor(
    SubmissionReader submissions, ControlDoor control, CommandDoor door, IMetricsStore store, TimeProvider clock, ApiOptions options)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly DoorRoute Resets = new("control", "POST /api/v1/commands/metrics/reset");

    /// <summary>Answers when the figures show it, within the wait.</summary>
    public async Task ResetAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason");
        var request = ControlDoor.Because(submissions.Info(http, Resets), body);
        var submission = control.Made(new ResetMetrics { Reason = request.Reason }, Resets, request);
        var (wait, since) = (Waiting.Of(http, Resets, options), clock.GetTimestamp());
        if (await door.RepeatAsync(http, Resets, submission, wait))
        {
            return;
        }

        var before = (await store.StateAsync(http.RequestAborted)).ResetMs;
        var outcome = await door.RunAsync(submission, wait.Time);
        while (outcome is { State: CommandState.Succeeded } && clock.GetElapsedTime(since) < wait.Time && !await IsShownAsync(before, http.RequestAborted))
        {
            await Task.Delay(Look, clock, http.RequestAborted);
        }

        await door.AnswerAsync(http, Resets, request, submission, outcome, wait.Preference);
    }

    // Done it is, whether the figures can show it now or not.
    private async ValueTask<bool> IsShownAsync(long? before, CancellationToken cancellation)
    {
        try
        {
            return (await store.StateAsync(cancellation)).ResetMs != before;
        }
        catch (StoreUnavailableException)
        {
            return true;
        }
    }
}
