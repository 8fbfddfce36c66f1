using Microsoft.AspNetCore.Http;
using Workers.Api.Doors;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Control;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Api.Cqrs;

/// <summary>Handlers of commands, queries and events, registered by type; each type has one.</summary>
internal sealed class CqrsHandlerDoor(
    SubmissionReader submissions, ControlDoor door, CommandDoor commands, ControlFeed control, HandlerOptions handlers, ApiOptions options)
{
    private const string Path = CqrsEndpoints.Root + "/handlers/";

    /// <summary><c>{type, url, secret, timeout, reason}</c>, or <c>types</c>; the timeout in seconds, 10 by default. Without a url what is built in comes back.</summary>
    public async Task RegisterAsync(HttpContext http, string? handles)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "type", "types", "url", "secret", "timeout", "reason", "command_id", "metadata");
        var (handler, types) = (HandlerBody.Read(body, handlers), TypesOf(body));
        var route = new DoorRoute("control", $"POST {Path}{handles ?? "commands"}");
        var request = ControlDoor.Because(submissions.Info(http, route), body);
        var made = types.Select(type => new RegisterHandler
        {
            Name = type,
            Types = [type],
            Handles = handles,
            Url = handler.Url,
            Secret = handler.Secret,
            TimeoutMs = handler.TimeoutMs,
            Reason = request.Reason,
        }).ToList();
        if (made is [var one])
        {
            await door.SubmitAsync(http, route, request, one);
            return;
        }

        await RegisterAsync(http, route, request, made);
    }

    public async Task UnregisterAsync(HttpContext http, string? handles)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason");
        var type = (string)http.Request.RouteValues["type"]!;
        if (!IdRules.IsId(type))
        {
            throw new ProblemException(Problem.BadId("type"));
        }

        if (!IsThere(control.Ask(), handles, type))
        {
            throw new ProblemException(new Problem(StatusCodes.Status404NotFound, "HANDLER_NOT_FOUND", $"Nobody is registered for {type}"));
        }

        var route = new DoorRoute("control", $"DELETE {Path}{handles ?? "commands"}/{{type}}");
        var request = ControlDoor.Because(submissions.Info(http, route), body);
        await door.SubmitAsync(http, route, request, new UnregisterHandler { Name = type, Types = [type], Handles = handles, Reason = request.Reason });
    }

    /// <summary>All in one commit; the first that did not succeed, or has not yet, is the answer.</summary>
    private async Task RegisterAsync(HttpContext http, DoorRoute route, RequestInfo request, IReadOnlyList<RegisterHandler> made)
    {
        var wait = Waiting.Of(http, route, options);
        var all = made.Select((command, n) =>
            door.Made(command, route, request.IdempotencyKey is { } key ? request with { IdempotencyKey = $"{key}#{n}" } : request)).ToList();
        var ended = await commands.RunAsync(all, wait.Time);
        if (Array.FindIndex(ended, outcome => outcome is not { State: CommandState.Succeeded }) is >= 0 and var open)
        {
            await commands.AnswerAsync(http, route, request, all[open], ended[open], wait.Preference);
            return;
        }

        control.Ask();
        using var json = JsonAnswer.Rent();
        json.Writer.WriteStartObject();
        json.Writer.WriteStartArray("items"u8);
        foreach (var outcome in ended)
        {
            json.Writer.WriteRawValue(outcome!.Body, skipInputValidation: true);
        }

        json.Writer.WriteEndArray();
        json.Writer.WriteEndObject();
        await json.SendAsync(http, ended.Max(outcome => outcome!.Status));
    }

    private static IReadOnlyList<string> TypesOf(JsonBody body) => (body.Text("type"), HandlerBody.TypesOf(body)) switch
    {
        ({ } type, null) => IdRules.IsId(type) ? [type] : throw new ProblemException(Problem.BadId("type")),
        (null, { } types) => types,
        (null, null) => throw ListQuery.Bad("type", "type is required"),
        _ => throw ListQuery.Bad("types", "types cannot be given beside type"),
    };

    private static bool IsThere(ControlState state, string? handles, string type)
    {
        var map = handles switch
        {
            HandlerTargets.Queries => state.QueryHandlers,
            HandlerTargets.Events => state.EventHandlers,
            _ => state.Handlers,
        };
        return map.Of(type) is { } handler ? handler.Row.Active : handles switch
        {
            HandlerTargets.Queries => HandlerTargets.BuiltInQueries.Contains(type),
            HandlerTargets.Events => false,
            _ => CommandCatalog.Find(type) is { IsInternal: false },
        };
    }
}
