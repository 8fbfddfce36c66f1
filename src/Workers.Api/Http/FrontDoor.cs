using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Api.Http;

/// <summary>What every request passes: who may come in, one access line, and a problem for whatever ends badly.</summary>
internal sealed class FrontDoor(RequestDelegate next, ApiOptions options, ILogger<FrontDoor> log, RateGate? gate = null)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            if (Access.Refuse(http, options) is { } refused)
            {
                await refused.WriteAsync(http);
            }
            else if (gate is not null && await gate.RefuseAsync(http) is { } late)
            {
                await late.WriteAsync(http);
            }
            else if (NotAcceptable(http) is { } problem)
            {
                await problem.WriteAsync(http);
            }
            else
            {
                await next(http);
                await ExplainAsync(http);
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
            if (options.AccessLog)
            {
                Line(http, started);
            }
        }
    }

    private static Problem? NotAcceptable(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<AnswersJson>() is not { } answers)
        {
            return null;
        }

        var accept = http.Request.Headers.Accept.ToString();
        return MediaTypes.TakesJson(accept) || (answers.OrEvents && MediaTypes.TakesEvents(accept))
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

        var problem = error switch
        {
            ProblemException known => known.Problem,
            LogUnavailableException => Problem.Unavailable("LOG_UNAVAILABLE", $"Failed to persist event: {error.Message}"),
            StoreUnavailableException => Problem.Unavailable("STORE_UNAVAILABLE", $"The store cannot be read now: {error.Message}"),
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problem.TooLarge(options.MaxBodyBytes),
            BadHttpRequestException bad => new Problem(bad.StatusCode, "BAD_REQUEST", bad.Message),
            _ => new Problem(StatusCodes.Status500InternalServerError, "INTERNAL", "Something unexpected went wrong; the log has more under the trace id"),
        };
        if (error is LogUnavailableException)
        {
            Log.AppendFailed(log, http.Request.Method, Route(http), Problem.TraceIdOf(http), error);
        }
        else if (problem.Status >= 500)
        {
            Log.RequestFailed(log, http.Request.Method, Route(http), Problem.TraceIdOf(http), error);
        }

        http.Response.Clear();
        return problem.WriteAsync(http);
    }

    private void Line(HttpContext http, long started)
    {
        var ms = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        Log.Access(log, http.Request.Method, Route(http), http.Response.StatusCode, ms, Problem.TraceIdOf(http));
    }

    // The route, not the path: ids do not belong into access lines.
    private static string Route(HttpContext http) => (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "-";
}

/// <summary>Marks endpoints whose answers are JSON.</summary>
/// <param name="OrEvents">Or a stream of events, if asked for.</param>
internal sealed record AnswersJson(bool OrEvents = false);
