using Microsoft.AspNetCore.Http;
using Workers.Api.Callers;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Contracts.Commands;
using Workers.Engine.Options;
using Workers.Engine.Projections;

namespace Workers.Api.Doors;

/// <summary>Undoes a command: a command itself, keyed as the one that it undoes.</summary>
internal sealed class UndoDoor(SubmissionReader submissions, CommandDoor door, CommandLookup lookup, ApiOptions options)
{
    public const string Path = CommandResource.UndoPath;

    private static readonly DoorRoute Route = new("undo", "POST " + Path);

    public async Task AcceptAsync(HttpContext http)
    {
        var request = submissions.Info(http, Route);
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "command_id", "reason");
        var id = body.Text("command_id") ?? throw ListQuery.Bad("command_id", "command_id is required");
        var reason = Reason.Of(body, request);
        var row = (await lookup.FindAsync(id, null, request.Caller, http.RequestAborted))?.Row ?? throw new ProblemException(Problem.NotFound("Command"));
        CommandRoles.RequireOwn(http, row);
        if (!row.IsUndoable)
        {
            throw new ProblemException(new Problem(StatusCodes.Status400BadRequest, "INVALID_STATE", row.Door == "saga"
                ? $"{row.Type} of a flow cannot be undone alone: cancel the order"
                : $"{row.Type} cannot be undone"));
        }

        var undo = new UndoCommand
        {
            RecordKey = row.Key,
            TargetId = row.Id.ToString(),
            TargetType = row.Type,
            CalledId = row.CallerId,
            Reason = reason,
        };
        await door.SubmitAsync(http, Route, request, submissions.Make(CommandCatalog.Of(undo), undo, row.Key, null, request.IdempotencyKey, Route, request));
    }
}
