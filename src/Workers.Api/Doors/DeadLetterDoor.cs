using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Doors;

/// <summary>Replays and discards dead letters: commands like any other, keyed by the letter's key.</summary>
internal sealed class DeadLetterDoor(SubmissionReader submissions, CommandDoor door, ILog log, StateReaders readers, ApiOptions options)
{
    private const int Most = 1_000;
    private static readonly DoorRoute Replays = new("dead-letters", "POST /api/v1/commands/dead-letters/{id}/replay");
    private static readonly DoorRoute Discards = new("dead-letters", "POST /api/v1/commands/dead-letters/{id}/discard");

    public Task ReplayAsync(HttpContext http) =>
        OneAsync(http, Replays, (letter, reason) => new ReplayDeadLetter { LetterId = letter.Id.ToString(), RecordKey = letter.Record.Key, Reason = reason });

    public Task DiscardAsync(HttpContext http) =>
        OneAsync(http, Discards, (letter, reason) => new DiscardDeadLetter { LetterId = letter.Id.ToString(), RecordKey = letter.Record.Key, Reason = reason });

    /// <summary>
    /// All that a filter finds, 1,000 at most: <c>{filter:{group,key,reason,code,command_id}, ids, reason, limit, dry_run}</c>. A dry run answers 200 with what would
    /// be replayed; else 202, with a command for each, oldest first, appended in one commit.
    /// </summary>
    public async Task ReplayManyAsync(HttpContext http)
    {
        var request = submissions.Info(http, Replays);
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "filter", "ids", "reason", "limit", "dry_run");
        var letters = Letters(body, body.Whole("limit", 1, Most) ?? Most);
        var reason = Reason.Of(body, request);
        if (body.Flag("dry_run"))
        {
            await AnswerAsync(http, StatusCodes.Status200OK, letters, null);
            return;
        }

        var commands = letters.ConvertAll(letter => Made(
            new ReplayDeadLetter { LetterId = letter.Id.ToString(), RecordKey = letter.Record.Key, Reason = reason },
            letter, request.IdempotencyKey is { } key ? $"{key}/{letter.Id}" : null, Replays, request));
        if (commands.Count > 0)
        {
            await log.AppendAsync(commands.ConvertAll(command => command.Record), CancellationToken.None);
        }

        await AnswerAsync(http, StatusCodes.Status202Accepted, letters, commands);
    }

    private async Task OneAsync(HttpContext http, DoorRoute route, Func<DeadLetter, string?, object> make)
    {
        var request = submissions.Info(http, route);
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason");
        var id = Paths.Ours(http, "Dead letter");
        DeadLetter? letter;
        using (var loan = readers.Rent())
        {
            letter = loan.Reader.DeadLetter(id);
        }

        if (letter is null)
        {
            throw new ProblemException(Problem.NotFound("Dead letter"));
        }

        var command = make(letter, Reason.Of(body, request));
        await door.SubmitAsync(http, route, request, Made(command, letter, request.IdempotencyKey, route, request));
    }

    private Submission Made(object command, DeadLetter letter, string? headerKey, DoorRoute route, RequestInfo request) =>
        submissions.Make(CommandCatalog.Of(command), command, letter.Record.Key, null, headerKey, route, request);

    /// <summary>Oldest first.</summary>
    private List<DeadLetter> Letters(JsonBody body, int limit)
    {
        using var loan = readers.Rent();
        if (body.Ids("ids", Most) is { } ids)
        {
            return [.. ids.Select(loan.Reader.DeadLetter).OfType<DeadLetter>().OrderBy(letter => letter.LastMs).Take(limit)];
        }

        var filter = body.Object("filter", "group", "key", "reason", "code", "command_id");
        var found = loan.Reader.DeadLetters(
            new DeadLetterFilter(filter.Text("group"), filter.Text("key"), filter.Text("reason"), filter.Text("code"), filter.Id("command_id")), null, limit);
        return [.. found.Reverse()];
    }

    private static Task AnswerAsync(HttpContext http, int status, List<DeadLetter> letters, List<Submission>? commands)
    {
        using var json = JsonAnswer.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteBoolean("dry_run"u8, commands is null);
        writer.WriteNumber("matched"u8, letters.Count);
        writer.WriteStartArray("items"u8);
        for (var index = 0; index < letters.Count; index++)
        {
            WriteItem(writer, letters[index], commands?[index]);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        return json.SendAsync(http, status);
    }

    private static void WriteItem(Utf8JsonWriter writer, DeadLetter letter, Submission? command)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, letter.Id);
        writer.WriteString("key"u8, letter.Record.Key);
        writer.WriteText("command_id", command?.CommandId);
        writer.WriteEndObject();
    }
}
