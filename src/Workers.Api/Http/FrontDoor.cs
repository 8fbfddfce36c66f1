using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Workers.Api.Callers;
using Workers.Engine.Health;
using Workers.Engine.Identity;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Api.Http;

/// <summary>What every request passes: whether there is room for it, who may come in, one access line, and a problem for whatever ends badly.</summary>
internal sealed class FrontDoor(RequestDelegate next, ApiOptions options, LoadShedder shedder, Admission admission, ILogger<FrontDoor> log)
{
    private readonly Outage _appends = new();

    public async Task InvokeAsync(HttpContext http)
    {
        var started = Stopwatch.GetTimestamp();
        var place = shedder.Enter(http);
        try
        {
            if (place.Refused is { } overloaded)
            {
                await overloaded.WriteAsync(http);
            }
            else if (await admission.RefuseAsync(http) is { } refused)
            {
                await refused.WriteAsync(http);
            }
            else if (NotAcceptable(http) is { } problem)
            {
                await problem.WriteAsync(http);
            }
            else
            {
                await next(http);
                await ExplainAsync(http);
                Succeeded(http);
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Of a stream that has begun the status is told already.
            if (!http.Response.HasStarted)
            {
                http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            }
        }
#pragma warning disable CA1031 // The outermost place: whatever went wrong is answered as a problem, never as a stack trace.
        catch (Exception error)
#pragma warning restore CA1031
        {
            await FailAsync(http, error);
        }
        finally
        {
            shedder.Leave(place);
            Traces.Describe(http, RouteOf(http));
            if (options.AccessLog && http.Features.Get<FromConsole>() is null)
            {
                Line(http, started);
            }
        }
    }

    private void Succeeded(HttpContext http)
    {
        if (!IsRead(http) && http.Response.StatusCode < StatusCodes.Status500InternalServerError)
        {
            _ = _appends.Ends();
        }
    }

    private static bool IsRead(HttpContext http) => HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);

    private static Problem? NotAcceptable(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<AnswersJson>() is not { } answers)
        {
            return null;
        }

        var accept = http.Request.Headers.Accept.ToString();
        return MediaTypes.TakesJson(accept) || (answers.OrEvents && MediaTypes.TakesEvents(accept)) || (answers.OrRows && MediaTypes.TakesCsv(accept))
            ? null
            : new Problem(StatusCodes.Status406NotAcceptable, "NOT_ACCEPTABLE", "Answers are application/json");
    }

    /// <summary>Routing ends what it does not know with a bare status.</summary>
    private static Task ExplainAsync(HttpContext http)
    {
        var response = http.Response;
        if (response.HasStarted || response.StatusCode < 400 || response.ContentType is not null || response.ContentLength is not null)
        {
            return Task.CompletedTask;
        }

        var problem = response.StatusCode switch
        {
            StatusCodes.Status404NotFound => new Problem(response.StatusCode, "NOT_FOUND", $"There is nothing at {http.Request.Path}"),
            StatusCodes.Status405MethodNotAllowed => new Problem(
                response.StatusCode, "METHOD_NOT_ALLOWED", $"{http.Request.Path} takes {response.Headers.Allow}, not {http.Request.Method}"),
            var status => new Problem(status, "HTTP_" + status, ReasonPhrases.GetReasonPhrase(status)),
        };
        return problem.WriteAsync(http);
    }

    private Task FailAsync(HttpContext http, Exception error)
    {
        if (http.Response.HasStarted)
        {
            Log.AnswerBroken(log, http.Request.Method, Route(http), error);
            http.Abort();
            return Task.CompletedTask;
        }

        var isRead = IsRead(http);
        var problem = error switch
        {
            ProblemException known => known.Problem,
            LogUnavailableException when isRead => Problem.Unavailable("LOG_UNAVAILABLE", $"The log cannot be read now: {error.Message}"),
            LogUnavailableException => Problem.Unavailable("LOG_UNAVAILABLE", $"Failed to persist event: {error.Message}"),
            StoreUnavailableException => Problem.Unavailable("STORE_UNAVAILABLE", $"The store cannot be read now: {error.Message}"),
            QueryTimeoutException late => new Problem(StatusCodes.Status504GatewayTimeout, "QUERY_TIMEOUT", late.Message),
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problem.TooLarge(options.MaxBodyBytes),
            BadHttpRequestException bad => new Problem(bad.StatusCode, "BAD_REQUEST", bad.Message),
            _ => new Problem(StatusCodes.Status500InternalServerError, "INTERNAL", "Something unexpected went wrong; the log has more under the trace id"),
        };
        if (error is LogUnavailableException && !isRead)
        {
            Log.AppendFailed(log, _appends.LevelOf(error, LogLevel.Error), http.Request.Method, Route(http), Problem.TraceIdOf(http), error);
        }
        else if (problem.Status >= 500)
        {
            // That the store or the log is away is told by who follows it, once.
            Log.RequestFailed(log, error is StoreUnavailableException or LogUnavailableException ? LogLevel.Debug : LogLevel.Error, http.Request.Method, Route(http), Problem.TraceIdOf(http), error);
        }

        http.Response.Clear();
        return problem.WriteAsync(http);
    }

    private void Line(HttpContext http, long started)
    {
        var ms = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        if (http.Features.Get<SubmittedCommand>() is { } command)
        {
            Log.CommandAccess(log, http.Request.Method, Route(http), http.Response.StatusCode, ms, Problem.TraceIdOf(http), command.Id);
        }
        else
        {
            // Probes and scrapers ask every few seconds.
            var level = Traces.IsProbe(RouteOf(http)) && http.Response.StatusCode < StatusCodes.Status500InternalServerError ? LogLevel.Debug : LogLevel.Information;
            Log.Access(log, level, http.Request.Method, Route(http), http.Response.StatusCode, ms, Problem.TraceIdOf(http));
        }
    }

    // The route, not the path: ids of resources do not belong into access lines.
    private static string Route(HttpContext http) => RouteOf(http) ?? "-";

    private static string? RouteOf(HttpContext http) => (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
}

/// <summary>What a request has put into the log, for its access line.</summary>
internal sealed record SubmittedCommand(Guid Id);

/// <summary>Marks endpoints whose answers are JSON.</summary>
/// <param name="OrEvents">Or a stream of events, if asked for.</param>
/// <param name="OrRows">Or all rows as a file, if asked for.</param>
internal sealed record AnswersJson(bool OrEvents = false, bool OrRows = false);
