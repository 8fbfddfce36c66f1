using System.Globalization;
using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Engine.Commands;
using Workers.Engine.Control;
using Workers.Engine.Store;

namespace Workers.Handlers.Commands;

/// <summary>Pauses, cancels and the fence: executed by the one reader of <c>workers.control</c>, obeyed by every pump.</summary>
internal sealed class Queues(Lazy<QueueScan> scan)
{
    public void Register(HandlerList handlers) => handlers
        .On<CancelCommand>(null, Cancel)
        .On<ClearQueue>(null, Clear)
        .On<PauseQueue>(null, Pause)
        .On<ResumeQueue>(null, Resume);

    /// <summary>The same commands as RunSystemAction has them in its parameters.</summary>
    public static Reply Pause(RunSystemAction command, CommandContext context) =>
        Named(command, out var queue, out var reason) is { } wrong ? wrong
        : UntilOf(command, context.Now, out var untilMs) is { } bad ? bad
        : Pause(queue with { UntilMs = untilMs, Reason = reason }, context);

    public static Reply Resume(RunSystemAction command, CommandContext context) => Named(command, out var queue, out var reason) is { } wrong ? wrong
        : Resume(new ResumeQueue { Queue = queue.Queue, TargetType = queue.TargetType, TargetKey = queue.TargetKey, Reason = reason }, context);

    private static Reply Cancel(CancelCommand command, CommandContext context)
    {
        var id = Guid.Parse(command.TargetId);
        if (context.RequireUnfinished(id) is { State: not CommandState.Scheduled } outcome)
        {
            return Reply.Refused(
                "NOT_CANCELLABLE", $"Only a queued, scheduled or retrying command can be cancelled; this one is {outcome.State.Name()}");
        }

        context.Write(ControlData.Write(id, new Cancel(command.TargetKey, command.Reason, command.By ?? context.Caller), context.Now.ToUnixTimeMilliseconds()));
        return Reply.Ok(ControlAnswers.Bytes(json =>
        {
            json.WriteString("command_id", command.TargetId);
            json.WriteString("state", CommandState.Cancelled.Name());
        }));
    }

    private Reply Clear(ClearQueue command, CommandContext context)
    {
        var ends = scan.Value.Ends();
        var look = new QueueLook(CancellationToken.None);
        var count = context.Read(reader => scan.Value.CountCleared(reader, ends, look));
        var before = context.FindControl(ControlKinds.Fence, Fence.Name);
        var write = ControlData.Write(new Fence(ends, command.Reason, context.Caller, context.Now.ToUnixTimeMilliseconds()));
        context.Write(write);
        context.Announce(new QueueCleared
        {
            Queue = command.QueueName,
            Cancelled = count,
            Reason = command.Reason,
            Before = ControlAnswers.Members(before),
            After = ControlAnswers.Members(write.Data),
        });
        return Reply.Ok(ControlAnswers.Bytes(json =>
        {
            json.WriteNumber("cancelled", count);
            if (look.IsIncomplete)
            {
                json.WriteBoolean("incomplete", true);
            }
        }));
    }

    private static Reply Pause(PauseQueue command, CommandContext context)
    {
        var pause = new Pause(
            command.Queue, command.TargetType, command.TargetKey, command.Reason, command.UntilMs, context.Caller, context.Now.ToUnixTimeMilliseconds());
        var before = context.FindControl(ControlKinds.Pause, pause.Name);
        var write = ControlData.Write(pause);
        context.Write(write);
        context.Announce(new QueuePaused
        {
            Queue = command.Queue,
            Reason = command.Reason,
            Before = ControlAnswers.Members(before),
            After = ControlAnswers.Members(write.Data),
        });
        return Reply.Ok(ControlAnswers.Bytes(json => ControlAnswers.Write(json, pause)));
    }

    private static Reply Resume(ResumeQueue command, CommandContext context)
    {
        var pause = new Pause(command.Queue, command.TargetType, command.TargetKey, null, null, "", 0);
        if (context.FindControl(ControlKinds.Pause, pause.Name) is { } before)
        {
            context.Write(new ControlWrite(ControlKinds.Pause, pause.Name, context.Now.ToUnixTimeMilliseconds(), null));
            context.Announce(new QueueResumed { Queue = command.Queue, Reason = command.Reason, Before = ControlAnswers.Members(before) });
        }

        return Reply.Ok(ControlAnswers.Bytes(json =>
        {
            ControlAnswers.WriteQueue(json, pause);
            json.WriteBoolean("paused", false);
        }));
    }

    private static Reply? Named(RunSystemAction command, out PauseQueue queue, out string? reason)
    {
        var kind = Text(command, "kind") ?? Text(command, "queue") ?? "";
        queue = new PauseQueue { Queue = kind, TargetType = Text(command, "type"), TargetKey = Text(command, "key") };
        reason = Text(command, "reason");
        return QueueNames.Wrong(kind, queue.TargetType) is { } wrong ? Reply.Refused("VALIDATION", wrong)
            : queue.TargetKey is { } key && !IdRules.IsId(key) ? Reply.Refused("VALIDATION", "parameters.key must be the key of commands")
            : null;
    }

    private static Reply? UntilOf(RunSystemAction command, DateTimeOffset now, out long? untilMs)
    {
        untilMs = null;
        if (Text(command, "until") is not { } text)
        {
            return null;
        }

        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until) || until <= now)
        {
            return Reply.Refused("VALIDATION", "parameters.until must be a time to come, such as 2026-01-31T12:00:00Z");
        }

        untilMs = until.ToUnixTimeMilliseconds();
        return null;
    }

    private static string? Text(RunSystemAction command, string name) =>
        command.Parameters?.GetValueOrDefault(name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? text : null;
}
