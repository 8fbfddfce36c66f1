using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Doors;

/// <summary>Puts many dead letters back: an operation of its own, which can be read and cancelled. A dry run only says which letters there are.</summary>
internal sealed class ReplayDoor(SubmissionReader submissions, KnownKeys known, CommandDoor door, ReplayReads replays, StateReaders readers, TimeProvider clock, ApiOptions options)
{
    private const int MostNamed = 1_000;
    private const int MostShown = 1_000;
    private const int MostRate = 1_000;
    private static readonly string[] s_filter = ["group", "key", "reason", "code", "error_type", "frame", "command_id"];
    private static readonly DoorRoute Starts = new("dead-letters", "POST /api/v1/commands/dead-letters/replay");
    private static readonly DoorRoute Cancels = new("dead-letters", "POST /api/v1/commands/dead-letters/operations/{id}/cancel");

    /// <summary>
    /// <c>{filter:{group,key,reason,code,error_type,frame,command_id}, ids, reason, limit, expected, rate, dry_run}</c>. A dry run answers 200 with what would be replayed; else
    /// 202 with the operation. <c>expected</c> is the number that a dry run has matched: where more are found by then nothing is done (409).
    /// </summary>
    public async Task StartAsync(HttpContext http)
    {
        var request = submissions.Info(http, Starts);
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "filter", "ids", "reason", "limit", "expected", "rate", "dry_run");
        var command = Read(body, request);
        if (body.Flag("dry_run"))
        {
            await DryAsync(http, command);
            return;
        }

        var submission = submissions.Make(CommandCatalog.Of(command), command, command.OperationId, null, request.IdempotencyKey, Starts, request);
        if (body.Whole("expected", 1, int.MaxValue) is { } expected && known.Find(submission) is null
            && Math.Min(Find(command, 0).Matched, body.Whole("limit", 1, int.MaxValue) ?? int.MaxValue) is var matched && matched > expected)
        {
            throw new ProblemException(new Problem(
                StatusCodes.Status409Conflict, "MORE_MATCHED", $"{matched} dead letters are found by now, not {expected}: nothing was replayed. Try again with a dry run"));
        }

        await door.SubmitAsync(
            http, Starts, request, submission,
            outcome =>
            {
                if (outcome.State == CommandState.Succeeded)
                {
                    http.Response.Headers.Location = $"{ReplayReads.Path}/{command.OperationId}";
                }

                return Task.CompletedTask;
            });
    }

    /// <summary>What was put back stays so.</summary>
    public async Task CancelAsync(HttpContext http)
    {
        var request = submissions.Info(http, Cancels);
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason");
        replays.Find(http);
        var command = new CancelReplay { OperationId = Paths.Ours(http, "Operation").ToString(), Reason = Reason.Of(body, request) };
        await door.SubmitAsync(
            http, Cancels, request, submissions.Make(CommandCatalog.Of(command), command, command.OperationId, null, request.IdempotencyKey, Cancels, request));
    }

    private ReplayDeadLetters Read(JsonBody body, RequestInfo request)
    {
        var filter = body.Object("filter", s_filter);
        var ids = body.Ids("ids", MostNamed);
        if (ids is not null && s_filter.Any(name => filter.Value(name) is not null))
        {
            throw ListQuery.Bad("ids", "ids and filter cannot both be given");
        }

        return new ReplayDeadLetters
        {
            // A repeat of the request is the same operation.
            OperationId = (request.IdempotencyKey is { } key ? Ids.OfCaller(request.Caller, nameof(ReplayDeadLetters), key) : Ids.New(clock.GetUtcNow())).ToString(),
            LetterIds = ids is null ? null : [.. ids.Select(id => id.ToString())],
            Group = filter.Text("group"),
            RecordKey = filter.Text("key"),
            LetterReason = filter.Text("reason"),
            Code = filter.Text("code"),
            ErrorType = filter.Text("error_type"),
            Frame = filter.Text("frame"),
            TargetId = filter.Id("command_id")?.ToString(),
            Limit = Least(body, "limit", "expected"),
            Rate = body.Whole("rate", 1, MostRate),
            Reason = Reason.Of(body, request),
        };
    }

    // Those that a dry run has found, and none that came since.
    private static int? Least(JsonBody body, params IReadOnlyList<string> names) => names.Select(name => body.Whole(name, 1, int.MaxValue)).Min();

    /// <summary>Which letters there are now, whatever the command's limit.</summary>
    private (List<DeadLetter> First, long Matched) Find(ReplayDeadLetters command, int shown)
    {
        using var loan = readers.Rent();
        if (command.LetterIds is { } ids)
        {
            List<DeadLetter> named = [.. ids.Select(Guid.Parse).Select(loan.Reader.DeadLetter).OfType<DeadLetter>().OrderBy(letter => letter.LastMs)];
            return (named, named.Count);
        }

        var filter = new DeadLetterFilter(
            command.Group, command.RecordKey, command.LetterReason, command.Code, Guid.TryParse(command.TargetId, out var id) ? id : null, command.ErrorType, command.Frame);
        return ([.. shown == 0 ? [] : loan.Reader.OldestDeadLetters(filter, null, shown)], loan.Reader.CountDeadLetters(filter));
    }

    private Task DryAsync(HttpContext http, ReplayDeadLetters command)
    {
        var most = command.Limit ?? int.MaxValue;
        var (letters, matched) = Find(command, Math.Min(MostShown, most));
        using var json = JsonAnswer.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteBoolean("dry_run"u8, true);
        writer.WriteNumber("matched"u8, Math.Min(matched, most));
        writer.WriteStartArray("items"u8);
        foreach (var letter in letters.Take(most))
        {
            Write(writer, letter);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        return json.SendAsync(http, StatusCodes.Status200OK);
    }

    private static void Write(Utf8JsonWriter writer, DeadLetter letter)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, letter.Id);
        writer.WriteString("key"u8, letter.Record.Key);
        writer.WriteString("group"u8, letter.Group);
        writer.WriteText("type", letter.Record.Headers.Get(HeaderName.Type));
        writer.WriteString("code"u8, letter.Code);
        writer.WriteTime("last_at", letter.LastMs);
        writer.WriteString("command_id"u8, letter.Record.Id);
        writer.WriteEndObject();
    }
}
