using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Contracts.Commands;
using Workers.Engine.Identity;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Api.Doors;

/// <summary>What people do to handlers, circuits and the list of commands.</summary>
internal sealed class HandlerDoor(
    SubmissionReader submissions, ControlDoor control, CommandDoor door, CircuitReads circuits, IReadModelStore models, HandlerOptions handlers, TimeProvider clock,
    ApiOptions options)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly DoorRoute Registers = new("control", "POST /api/v1/commands/handlers/{name}/register");
    private static readonly DoorRoute Unregisters = new("control", "DELETE /api/v1/commands/handlers/{name}");
    private static readonly DoorRoute Resets = new("control", "POST /api/v1/commands/circuit-breaker/reset");
    private static readonly DoorRoute Clears = new("control", "DELETE /api/v1/commands/history");

    /// <summary><c>{types, url, secret, timeout, reason}</c>; the timeout in seconds, 10 by default. Without a url a handler of ours comes back.</summary>
    public async Task RegisterAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "types", "url", "secret", "timeout", "reason");
        var (name, handler) = (NameOf(http), HandlerBody.Read(body, handlers));
        var request = ControlDoor.Because(submissions.Info(http, Registers), body);
        await control.SubmitAsync(http, Registers, request, new RegisterHandler
        {
            Name = name,
            Types = HandlerBody.TypesOf(body),
            Url = handler.Url,
            Secret = handler.Secret,
            TimeoutMs = handler.TimeoutMs,
            Reason = request.Reason,
        });
    }

    public async Task UnregisterAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason");
        var request = ControlDoor.Because(submissions.Info(http, Unregisters), body);
        await control.SubmitAsync(http, Unregisters, request, new UnregisterHandler { Name = NameOf(http), Reason = request.Reason });
    }

    /// <summary><c>{name}</c>; without one all.</summary>
    public async Task ResetAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "name", "reason");
        var name = body.Text("name");
        if (name is not null && !circuits.Names.Contains(name))
        {
            throw new ProblemException(new Problem(
                StatusCodes.Status404NotFound, "NOT_FOUND", $"Circuit breaker not found; there are {string.Join(", ", circuits.Names)}"));
        }

        var request = ControlDoor.Because(submissions.Info(http, Resets), body);
        await control.SubmitAsync(http, Resets, request, new ResetCircuitBreaker { Name = name ?? "*", Reason = request.Reason });
    }

    /// <summary>Answers when the list shows it, within the wait.</summary>
    public async Task ClearHistoryAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason");
        var request = ControlDoor.Because(submissions.Info(http, Clears), body);
        var submission = control.Made(new ClearHistory { Reason = request.Reason }, Clears, request);
        var (wait, since) = (Waiting.Of(http, Clears, options), clock.GetTimestamp());
        if (await door.RepeatAsync(http, Clears, submission, wait))
        {
            return;
        }

        var outcome = await door.RunAsync(submission, wait.Time);
        while (outcome is not null && clock.GetElapsedTime(since) < wait.Time && !await IsListedAsync(outcome.Id, http.RequestAborted))
        {
            await Task.Delay(Look, clock, http.RequestAborted);
        }

        await door.AnswerAsync(http, Clears, request, submission, outcome, wait.Preference);
    }

    // Done it is, whether the list can show it now or not.
    private async ValueTask<bool> IsListedAsync(Guid id, CancellationToken cancellation)
    {
        try
        {
            return await models.FindCommandAsync(id, cancellation) is { Outcome: not null };
        }
        catch (StoreUnavailableException)
        {
            return true;
        }
    }

    private static string NameOf(HttpContext http)
    {
        var name = (string)http.Request.RouteValues["name"]!;
        // A kind may be a reserved word.
        return IdRules.IsId(name) || CommandCatalog.Kinds.Contains(name) ? name : throw new ProblemException(Problem.BadId("name"));
    }
}

/// <summary>What a webhook's secret looks like.</summary>
internal static class WebhookSecret
{
    public static bool IsOne(string text) => WebhookSignature.TryKey(text, out var key) && key.Length is >= 24 and <= 64;
}
