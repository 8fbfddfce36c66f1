using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Engine.Control;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Api.Doors;

/// <summary>Cancels many commands that wait: an operation of its own, which can be read and stopped. A dry run only says which commands there are.</summary>
internal sealed class CancellationDoor(
    SubmissionReader submissions, KnownKeys known, CommandDoor door, CancellationReads operations, CancelScan scan, TimeProvider clock, ApiOptions options)
{
    private const int MostMatched = 100_000;
    private const int MostShown = 100;
    private const int MostRate = 1_000;
    private static readonly string[] s_filter = ["state", "kind", "type", "key", "user_id", "correlation_id", "q", "from", "to"];
    private static readonly DoorRoute Starts = new("control", "POST /api/v1/commands/cancel");
    private static readonly DoorRoute Stops = new("control", "POST /api/v1/commands/cancellations/{id}/cancel");

    /// <summary>
    /// <c>{filter:{state,kind,type,key,user_id,correlation_id,q,from,to}, expected, reason, rate, dry_run}</c>. A dry run answers 200 with how many would be cancelled and the
    /// first of them; else <c>expected</c> is that number, and the answer 202 with the operation. Where more are found by then nothing is done (409).
    /// </summary>
    public async Task StartAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "filter", "expected", "reason", "rate", "dry_run");
        var filter = Read(body.Object("filter", s_filter));
        var (rate, expected) = (body.Whole("rate", 1, MostRate), body.Whole("expected", 0, MostMatched));
        if (body.Flag("dry_run"))
        {
            await DryAsync(http, filter with { To = filter.To ?? TimeText.Of(clock.GetUtcNow().ToUnixTimeMilliseconds()) });
            return;
        }

        if (expected is null)
        {
            throw ListQuery.Bad("expected", "expected must be the number that a dry run has matched");
        }

        var request = submissions.Info(http, Starts);
        var command = new CancelCommands
        {
            // A repeat of the request is the same operation.
            OperationId = (request.IdempotencyKey is { } key ? Ids.OfCaller(request.Caller, nameof(CancelCommands), key) : Ids.New(clock.GetUtcNow())).ToString(),
            Filter = filter,
            Expected = expected,
            Rate = rate,
            Reason = Reason.Of(body, request),
        };
        var submission = submissions.Make(CommandCatalog.Of(command), command, command.OperationId, null, request.IdempotencyKey, Starts, request);
        if (known.Find(submission) is null && (await CountAsync(http, filter, 0)).Count is var count && count > expected)
        {
            throw new ProblemException(new Problem(
                StatusCodes.Status409Conflict, "MORE_MATCHED", $"{count} commands are found by now, not {expected}: nothing was cancelled. Try again with a dry run, and with the filter that it answers"));
        }

        await door.SubmitAsync(
            http, Starts, request, submission,
            outcome =>
            {
                if (outcome.State == CommandState.Succeeded)
                {
                    http.Response.Headers.Location = $"{CancellationReads.Path}/{command.OperationId}";
                }

                return Task.CompletedTask;
            });
    }

    /// <summary>What is cancelled stays so.</summary>
    public async Task StopAsync(HttpContext http)
    {
        var request = submissions.Info(http, Stops);
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason");
        operations.Find(http);
        var command = new StopCancellation { OperationId = Paths.Ours(http, "Operation").ToString(), Reason = Reason.Of(body, request) };
        await door.SubmitAsync(
            http, Stops, request, submissions.Make(CommandCatalog.Of(command), command, command.OperationId, null, request.IdempotencyKey, Stops, request));
    }

    private async Task<(long Count, IReadOnlyList<CommandRow> First)> CountAsync(HttpContext http, WaitingFilter filter, int shown)
    {
        var found = await scan.CountAsync(filter, MostMatched, shown, http.RequestAborted);
        return found.Count <= MostMatched ? found : throw new ProblemException(new Problem(
            StatusCodes.Status400BadRequest, "TOO_MANY", $"More than {MostMatched} commands are found: narrow the filter, by a time for instance, or clear the queue"));
    }

    private async Task DryAsync(HttpContext http, WaitingFilter filter)
    {
        var (count, first) = await CountAsync(http, filter, MostShown);
        using var json = JsonAnswer.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteBoolean("dry_run"u8, true);
        writer.WriteNumber("matched"u8, count);
        writer.WritePropertyName("filter"u8);
        Write(writer, filter);
        writer.WriteStartArray("items"u8);
        foreach (var row in first)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, row.Id);
            writer.WriteString("type"u8, row.Type);
            writer.WriteString("kind"u8, row.Kind);
            writer.WriteString("key"u8, row.Key);
            writer.WriteTime("submitted_at", row.SubmittedMs);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    private static void Write(Utf8JsonWriter writer, WaitingFilter filter)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in ((string, string?)[])
        [
            ("state", filter.State), ("kind", filter.Kind), ("type", filter.Type), ("key", filter.Key), ("user_id", filter.UserId), ("correlation_id", filter.CorrelationId), ("q", filter.Q),
            ("from", filter.From), ("to", filter.To),
        ])
        {
            writer.WriteText(name, value);
        }

        writer.WriteEndObject();
    }

    private static WaitingFilter Read(JsonBody filter)
    {
        // What says nothing would find all that there are.
        if (s_filter.FirstOrDefault(name => filter.Value(name) is { ValueKind: JsonValueKind.String } value && string.IsNullOrWhiteSpace(value.GetString())) is { } empty)
        {
            throw ListQuery.Bad("filter." + empty, $"filter.{empty} must not be empty: leave it out where it is not to be filtered by");
        }

        var (state, kind) = (filter.Text("state")?.ToUpperInvariant(), filter.Text("kind"));
        if (state is not (null or "QUEUED" or "SCHEDULED"))
        {
            throw ListQuery.Bad("filter.state", "filter.state must be QUEUED, those that are tried again among them, or SCHEDULED: what has begun or ended is not cancelled");
        }

        if (kind is not null && !CommandCatalog.Kinds.Contains(kind))
        {
            throw ListQuery.Bad("filter.kind", $"filter.kind must be one of {string.Join(", ", CommandCatalog.Kinds)}");
        }

        return new WaitingFilter
        {
            State = state,
            Kind = kind,
            Type = filter.Text("type"),
            Key = filter.Text("key"),
            UserId = filter.Text("user_id"),
            CorrelationId = filter.Text("correlation_id"),
            Q = filter.Text("q"),
            From = Time(filter, "from"),
            To = Time(filter, "to"),
        };
    }

    private static string? Time(JsonBody filter, string name) => filter.Text(name) is not { } text ? null
        : TimeText.Read(text) is { } time ? TimeText.Of(time.ToUnixTimeMilliseconds())
        : throw ListQuery.Bad("filter." + name, $"filter.{name} must be a time such as 2026-01-31T12:00:00Z");
}
