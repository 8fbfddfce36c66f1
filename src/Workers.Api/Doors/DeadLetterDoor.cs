using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Doors;

/// <summary>Replays, edits and discards a dead letter: commands like any other, keyed by the letter's key.</summary>
internal sealed class DeadLetterDoor(SubmissionReader submissions, LetterEdits edits, CommandDoor door, StateReaders readers, ApiOptions options)
{
    private static readonly DoorRoute Replays = new("dead-letters", "POST /api/v1/commands/dead-letters/{id}/replay");
    private static readonly DoorRoute Edits = new("dead-letters", "PUT /api/v1/commands/dead-letters/{id}");
    private static readonly DoorRoute Discards = new("dead-letters", "POST /api/v1/commands/dead-letters/{id}/discard");

    public Task ReplayAsync(HttpContext http) =>
        OneAsync(http, Replays, (letter, reason) => new ReplayDeadLetter { LetterId = letter.Id.ToString(), RecordKey = letter.Record.Key, Reason = reason });

    public Task DiscardAsync(HttpContext http) =>
        OneAsync(http, Discards, (letter, reason) => new DiscardDeadLetter { LetterId = letter.Id.ToString(), RecordKey = letter.Record.Key, Reason = reason });

    /// <summary>
    /// <c>{type, data, reason}</c>: what the letter's command becomes, valid as at any door; the original is kept beside it. Absent members stay what they are.
    /// </summary>
    public async Task EditAsync(HttpContext http)
    {
        var request = submissions.Info(http, Edits);
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "type", "data", "reason");
        var letter = Find(http);
        var (command, told) = edits.Read(http, body, letter);
        var (reason, info) = (Reason.Of(body, request), CommandCatalog.Of<EditDeadLetter>());
        await door.SubmitAsync(http, Edits, request, submissions.Make(
            info, command with { Reason = reason }, letter.Record.Key, null, request.IdempotencyKey, Edits, request, info.ToBytes(told with { Reason = reason })));
    }

    private async Task OneAsync(HttpContext http, DoorRoute route, Func<DeadLetter, string?, object> make)
    {
        var request = submissions.Info(http, route);
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason");
        var letter = Find(http);
        var command = make(letter, Reason.Of(body, request));
        await door.SubmitAsync(http, route, request, Made(command, letter, request.IdempotencyKey, route, request));
    }

    private Submission Made(object command, DeadLetter letter, string? headerKey, DoorRoute route, RequestInfo request) =>
        submissions.Make(CommandCatalog.Of(command), command, letter.Record.Key, null, headerKey, route, request);

    private DeadLetter Find(HttpContext http)
    {
        var id = Paths.Ours(http, "Dead letter");
        using var loan = readers.Rent();
        return loan.Reader.DeadLetter(id) ?? throw new ProblemException(Problem.NotFound("Dead letter"));
    }
}
