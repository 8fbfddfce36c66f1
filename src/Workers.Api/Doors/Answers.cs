using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Api.Doors;

/// <summary>How a write is answered: with its outcome's own status and body, or 202 with the command.</summary>
internal static class Answers
{
    /// <summary>On disk, not finished: 202 and where to look.</summary>
    /// <param name="http">The request.</param>
    /// <param name="submission">What was appended.</param>
    /// <param name="request">Who asked.</param>
    /// <param name="mask">Hides what nobody should read.</param>
    /// <param name="now">How far it has come, where somebody looked.</param>
    public static Task AcceptedAsync(HttpContext http, Submission submission, RequestInfo request, IDataMask mask, CommandView? now = null)
    {
        var record = submission.Record;
        return AcceptedAsync(
            http,
            now ?? new CommandView(submission.Row(request.CorrelationId ?? record.Id.ToString(), request.TraceId, mask), null),
            string.Create(CultureInfo.InvariantCulture, $"/api/v1/commands/{record.Id}?at={record.Topic}-{record.Partition}-{record.Offset}"));
    }

    /// <summary>The same for a repeat of a command that still runs.</summary>
    public static Task AcceptedAsync(HttpContext http, CommandView view)
    {
        http.Response.Headers["Idempotent-Replayed"] = "true";
        return AcceptedAsync(http, view, $"/api/v1/commands/{view.Row.Id}");
    }

    /// <summary>Finished: a success has the door's status, a refusal is a problem.</summary>
    public static Task OutcomeAsync(HttpContext http, DoorRoute route, Submission submission, Outcome outcome, bool replayed, Preference preference)
    {
        var headers = http.Response.Headers;
        headers["X-Command-Id"] = outcome.Id.ToString();
        if (replayed)
        {
            headers["Idempotent-Replayed"] = "true";
        }

        if (outcome.State is not (CommandState.Succeeded or CommandState.Undone))
        {
            return OutcomeProblem.Of(outcome, submission.CommandId).WriteAsync(http);
        }

        if (!route.IsResource)
        {
            return JsonAnswer.SendAsync(http, outcome.Status, outcome.Body);
        }

        if (route.Deletes)
        {
            return Deleted(http, outcome, preference);
        }

        if (OutcomeBody.VersionOf(outcome.Body, created: route.Creates is not null) is { } version)
        {
            headers.ETag = RequestHeaders.Tag(version);
        }

        if (route.Creates is null)
        {
            return JsonAnswer.SendAsync(http, StatusCodes.Status200OK, outcome.Body);
        }

        headers.Location = $"{route.Creates}/{Uri.EscapeDataString(submission.Record.Key)}";
        return JsonAnswer.SendAsync(http, StatusCodes.Status201Created, outcome.Body);
    }

    private static Task Deleted(HttpContext http, Outcome outcome, Preference preference)
    {
        if (!preference.Representation)
        {
            return JsonAnswer.SendAsync(http, StatusCodes.Status204NoContent, []);
        }

        http.Response.Headers.Append("Preference-Applied", "return=representation");
        return JsonAnswer.SendAsync(http, StatusCodes.Status200OK, outcome.Body);
    }

    private static Task AcceptedAsync(HttpContext http, CommandView view, string location)
    {
        http.Response.Headers.Location = location;
        http.Response.Headers.RetryAfter = "1";
        using var json = JsonAnswer.Rent();
        CommandResource.Write(json.Writer, view);
        return json.SendAsync(http, StatusCodes.Status202Accepted);
    }
}

/// <summary>What a door reads from an outcome's JSON.</summary>
internal static class OutcomeBody
{
    /// <summary>The body's <c>version</c>; of a new resource whose answer has none, 1.</summary>
    public static long? VersionOf(ReadOnlySpan<byte> body, bool created)
    {
        var reader = new Utf8JsonReader(body);
        if (body.IsEmpty || !reader.Read())
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isVersion = reader.ValueTextEquals("version"u8);
            reader.Read();
            if (isVersion && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var version))
            {
                return version;
            }

            reader.Skip();
        }

        return created ? 1 : null;
    }
}
