using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Doors;

/// <summary>Puts many dead letters back: an operation of its own, which can be read and cancelled. A dry run only says which letters there are.</summary>
internal sealed class ReplayDoor(SubmissionReader submissions, CommandDoor door, ReplayReads replays, StateReaders readers, TimeProvider clock, ApiOptions options)
{
    private const int MostNamed = 1_000;
    private const int MostShown = 1_000;
    private const int MostRate = 1_000;
    private static readonly string[] s_filter = ["group", "key", "reason", "code", "error_type", "frame", "command_id"];
    private static readonly DoorRoute Starts = new("dead-letters", "POST /api/v1/commands/dead-letters/replay");
    private static readonly DoorRoute Cancels = new("dead-letters", "POST /api/v1/commands/dead-letters/operations/{id}/cancel");

    /// <summary>
    /// <c>{filter:{group,key,reason,code,error_type,frame,command_id}, ids, reason, limit, rate, dry_run}</c>. A dry run answers 200 with what would be replayed; else
    /// 202 with the operation.
    /// </summary>
    public async Task StartAsync(HttpContext http)
    {
        var request = submissions.Info(http, Starts);
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "filter", "ids", "reason", "limit", "rate", "dry_run");
        var command = Read(body, request);
        if (body.Flag("dry_run"))
        {
            await DryAsync(http, command);
            return;
        }

        await door.SubmitAsync(
            http, Starts, request, submissions.Make(CommandCatalog.Of(command), command, command.OperationId, null, request.IdempotencyKey, Starts, request),
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
            Limit = body.Whole("limit", 1, int.MaxValue),
            Rate = body.Whole("rate", 1, MostRate),
            Reason = Reason.Of(body, request),
        };
    }

    private Task DryAsync(HttpContext http, ReplayDeadLetters command)
    {
        List<DeadLetter> letters;
        long matched;
        using (var loan = readers.Rent())
        {
            if (command.LetterIds is { } ids)
            {
                letters = [.. ids.Select(Guid.Parse).Select(loan.Reader.DeadLetter).OfType<DeadLetter>().OrderBy(letter => letter.LastMs).Take(command.Limit ?? MostNamed)];
                matched = letters.Count;
            }
            else
            {
                var filter = new DeadLetterFilter(
                    command.Group, command.RecordKey, command.LetterReason, command.Code, Guid.TryParse(command.TargetId, out var id) ? id : null, command.ErrorType, command.Frame);
                letters = [.. loan.Reader.OldestDeadLetters(filter, null, Math.Min(MostShown, command.Limit ?? MostShown))];
                matched = Math.Min(loan.Reader.CountDeadLetters(filter), command.Limit ?? long.MaxValue);
            }
        }

        using var json = JsonAnswer.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteBoolean("dry_run"u8, true);
        writer.WriteNumber("matched"u8, matched);
        writer.WriteStartArray("items"u8);
        letters.ForEach(letter => Write(writer, letter));
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
        writer.WriteString("command_id"u8, letter.Record.Id);
        writer.WriteEndObject();
    }
}
