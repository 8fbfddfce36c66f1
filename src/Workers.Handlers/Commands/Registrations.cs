using System.Text;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Engine.Commands;
using Workers.Engine.Control;
using Workers.Engine.Store;

namespace Workers.Handlers.Commands;

/// <summary>
/// Who executes which commands. Handlers of ours are called by their kind; each has the commands of it. A handler outside has those that it was registered
/// with; of two handlers of a command the later one has it, and whoever takes it out leaves nobody.
/// </summary>
internal static class Registrations
{
    public static void Register(HandlerList handlers) => handlers
        .On<RegisterHandler>(null, Add)
        .On<UnregisterHandler>(null, Remove)
        .On<RecordHandled>(null, Record);

    private static Reply Add(RegisterHandler command, CommandContext context)
    {
        var kind = KindOf(command.Handles);
        var (before, ours) = (Find(kind, command.Name, context, out var stored), Ours(kind, command.Name));
        if (command.Url is null && ours.Count == 0)
        {
            return NotFound($"There is no built-in handler {command.Name}; a handler outside needs a url");
        }

        var types = kind != ControlKinds.Handler ? [command.Name] : command.Url is null || (command.Types is null && ours.Count > 0) ? ours : command.Types ?? before?.Types ?? [];
        if (types.Count == 0)
        {
            return Reply.Refused("VALIDATION", "types is required");
        }

        if (types.FirstOrDefault(type => IsPlatforms(kind, type)) is { } own)
        {
            return Reply.Refused("VALIDATION", $"{own} is the platform's own");
        }

        var row = new HandlerRow(
            types, command.Url, command.Secret, command.TimeoutMs ?? 10_000, context.Record.Offset, Active: true, command.Reason, context.Caller, Ms(context));
        var write = ControlData.Write(kind, command.Name, row, Ms(context));
        context.Write(write);
        context.Announce(new HandlerRegistered
        {
            Name = command.Name,
            Reason = command.Reason,
            Before = ControlAnswers.Members(stored),
            After = ControlAnswers.Members(write.Data),
        });
        return Reply.Ok(Answer(command.Name, row), before is not { Active: true } && command.Url is not null ? 201 : 200);
    }

    private static Reply Remove(UnregisterHandler command, CommandContext context)
    {
        var kind = KindOf(command.Handles);
        var (known, ours) = (Find(kind, command.Name, context, out var stored), Ours(kind, command.Name));

        // Of types, whoever has them is not asked: the last word on them counts, and that is this one.
        var row = command.Types is { } types ? new HandlerRow(types, known?.Url, null, known?.TimeoutMs ?? 0, context.Record.Offset, Active: true, null, "", 0)
            : known ?? (ours.Count > 0 ? new HandlerRow(ours, null, null, 0, Taken: -1, Active: true, null, "", 0) : null);
        if (row is not { Active: true } || (command.Registration is { } meant && meant != row.Taken))
        {
            return NotFound($"Handler {command.Name} is not registered");
        }

        row = row with { Active = false, Secret = null, Reason = command.Reason, By = context.Caller, AtMs = Ms(context) };
        var write = ControlData.Write(kind, command.Name, row, Ms(context));
        context.Write(write);
        context.Announce(new HandlerUnregistered
        {
            Name = command.Name,
            Reason = command.Reason,
            Before = ControlAnswers.Members(stored),
            After = ControlAnswers.Members(write.Data),
        });
        return Reply.Ok(Answer(command.Name, row));
    }

    /// <summary>The end of a command that a handler outside has executed.</summary>
    private static Reply Record(RecordHandled command, CommandContext context)
    {
        var reply = CommandStates.Find(command.Outcome) switch
        {
            CommandState.Succeeded => Reply.Ok(command.Result is { } json ? Encoding.UTF8.GetBytes(json) : "{}"u8.ToArray()),
            CommandState.Failed => Reply.Refused(command.Code ?? "REFUSED", command.Message ?? "", command.Status ?? 400),
            _ => Reply.DeadLettered(command.Code ?? "HANDLER_NOT_FOUND", command.Message ?? ""),
        };
        context.Finish(command.TargetId, reply, command.TargetType);
        if (command.Gone)
        {
            context.SendForAll(new UnregisterHandler { Name = command.Handler, Registration = command.Registration, Reason = command.Message });
        }

        return Reply.Ok("{}"u8.ToArray());
    }

    private static string KindOf(string? handles) => handles switch
    {
        HandlerTargets.Queries => ControlKinds.QueryHandler,
        HandlerTargets.Events => ControlKinds.EventHandler,
        _ => ControlKinds.Handler,
    };

    /// <summary>What is executed without anybody registering, by that name; none where it is none of ours.</summary>
    private static IReadOnlyList<string> Ours(string kind, string name) => kind switch
    {
        ControlKinds.EventHandler => [],
        ControlKinds.QueryHandler => HandlerTargets.BuiltInQueries.Contains(name) ? [name] : [],
        _ => CommandCatalog.Kinds.Contains(name) ? QueueNames.Types(name) : CommandCatalog.Find(name) is { IsInternal: false } ? [name] : [],
    };

    private static bool IsPlatforms(string kind, string type) => kind switch
    {
        ControlKinds.EventHandler => !OpenEvents.IsOne(type),
        ControlKinds.QueryHandler => false,
        _ => CommandCatalog.Find(type) is { IsInternal: true },
    };

    private static HandlerRow? Find(string kind, string name, CommandContext context, out byte[]? stored)
    {
        stored = context.FindControl(kind, name);
        return stored is null ? null : ControlData.ReadHandler(new ControlRow(kind, name, 0, 0, stored));
    }

    private static byte[] Answer(string name, HandlerRow row) => ControlAnswers.Bytes(json =>
    {
        json.WriteString("name", name);
        json.WriteString("kind", row.Url is null ? "built_in" : "http");
        json.WriteBoolean("registered", row.Active);
        json.WriteStartArray("types");
        foreach (var type in row.Types)
        {
            json.WriteStringValue(type);
        }

        json.WriteEndArray();
        if (row.Url is { } url)
        {
            json.WriteString("url", url);
            json.WriteNumber("timeout_ms", row.TimeoutMs);
            json.WriteBoolean("signed", row.Secret is not null);
        }
    });

    private static long Ms(CommandContext context) => context.Now.ToUnixTimeMilliseconds();

    private static Reply NotFound(string message) => Reply.Refused("HANDLER_NOT_FOUND", message, 404);
}
