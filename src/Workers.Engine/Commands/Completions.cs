using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Session;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Commands;

/// <summary>Outcomes of commands, and what is told of them.</summary>
internal static class Completions
{
    /// <summary>The command in hand has its reply: its outcome, told by its last event or else by
    /// <c>CommandCompleted</c> (unless it is deferred), and <c>CommandRejected</c> to its flows if it failed.</summary>
    public static void Complete(BatchSession session, CommandContext context, Reply reply, bool finishes)
    {
        var now = session.Clock.GetUtcNow();
        var record = context.Record;
        var (queueMs, runMs) = (Ms(context.Now.ToUnixTimeMilliseconds() - record.ReadyMs), Ms(now - context.Now));
        session.Stage(new OutcomeWrite(
            new Outcome(
                record.Id, reply.State, null, context.Attempt, reply.Status, context.Attempt == 0 ? 0 : context.Now.ToUnixTimeMilliseconds(),
                reply.State == CommandState.Running ? 0 : now.ToUnixTimeMilliseconds(), record.Where, record.Offset, reply.Body)
            {
                SubmittedMs = reply.State == CommandState.Running ? record.ReadyMs : 0,
            },
            finishes)
        {
            Timing = reply.State == CommandState.Running ? null : new Timing(context.Info, context.TypeName, record.ReadyMs, (double)queueMs, (double)runMs),
            Schedule = context.Schedule,
        });
        WaitingSchedules.Told(session, context, isEnd: reply.State != CommandState.Running);
        if (reply.State == CommandState.Running)
        {
            return;
        }

        if (reply.State == CommandState.Succeeded && context.LastEvent is { } last)
        {
            // Most commands: what there is to tell fits into a header, and a record less is read, listed and audited.
            last.Add(HeaderName.Completed, new Completed(context.Attempt, queueMs, runMs, context.TypeName).ToString());
            return;
        }

        var completed = Announce(session, context, record.Id, (context.TypeName, context.Info.Kind), record.Key, reply, queueMs, runMs);
        if (reply.State is CommandState.Failed or CommandState.DeadLettered or CommandState.Cancelled)
        {
            var rejected = new CommandRejected
            {
                CommandId = context.CommandId,
                CommandType = context.TypeName,
                Key = record.Key,
                Code = reply.Code ?? "FAILED",
                Message = reply.Message ?? "",
            };
            EventRecords.Tell(session, context, rejected, context.Routes);
        }
        else
        {
            EventRecords.Tell(session, context, completed, context.Routes);
        }
    }

    /// <summary>Ends a command whose outcome is RUNNING. Its own type is told by the outcome's record, so the completion carries the finishing one's kind.</summary>
    public static void Finish(BatchSession session, CommandContext context, Guid commandId, Reply reply, string? type)
    {
        var started = session.Deferred(commandId);
        var now = session.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var startedMs = started?.StartedMs ?? context.Now.ToUnixTimeMilliseconds();
        type ??= context.Info.Kind == Kind.Refund ? nameof(RefundPayment) : nameof(ProcessPayment);
        var info = CommandCatalog.FindOrCustom(type);
        decimal? queueMs = started is { SubmittedMs: > 0 and var submittedMs } ? Ms(startedMs - submittedMs) : null;
        session.Stage(new OutcomeWrite(
            new Outcome(
                commandId, reply.State, null, started?.Attempts ?? 1, reply.Status, startedMs, now, started?.Partition ?? context.Record.Where,
                started?.Offset ?? -1, reply.Body),
            Finishes: true)
        {
            Timing = new Timing(info, type, started?.SubmittedMs ?? 0, (double)(queueMs ?? 0), now - startedMs),
        });
        WaitingSchedules.Ended(session, context, commandId);
        Announce(session, context, commandId, (type, info.Kind), context.Record.Key, reply, queueMs, Ms(now - startedMs));
    }

    /// <summary>Its answer stays what it was: a repeat of the command is told that.</summary>
    public static void Undone(BatchSession session, CommandContext context, Outcome succeeded, string type)
    {
        var now = session.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        session.Stage(new OutcomeWrite(succeeded with { State = CommandState.Undone }, Finishes: true));
        Announce(
            session, context, succeeded.Id, (type, CommandCatalog.Find(type)!.Kind), context.Record.Key, new Reply(CommandState.Undone, succeeded.Status, []), null,
            Ms(now - succeeded.StartedMs));
    }

    /// <summary>The command in hand is executed when it is due. Until then its outcome says so: <see cref="Outcome.StartedMs"/> is when.</summary>
    public static void Schedule(BatchSession session, LogRecord record, long dueMs, bool again) => session.Stage(new OutcomeWrite(
        new Outcome(record.Id, CommandState.Scheduled, null, 0, 0, dueMs, 0, record.Where, record.Offset, []), Finishes: again));

    public static void Alias(BatchSession session, CommandContext context, Guid first) => session.Stage(new OutcomeWrite(
        new Outcome(
            context.Record.Id, CommandState.Running, first, context.Attempt, 0, context.Now.ToUnixTimeMilliseconds(), context.Now.ToUnixTimeMilliseconds(),
            context.Record.Where, context.Record.Offset, []),
        Finishes: false));

    private static CommandCompleted Announce(
        BatchSession session, CommandContext context, Guid commandId, (string Type, string Kind) of, string key, Reply reply, decimal? queueMs, decimal runMs)
    {
        var completed = new CommandCompleted
        {
            CommandId = commandId.ToString(),
            CommandType = of.Type,
            Kind = of.Kind,
            Key = key,
            State = reply.State.Name(),
            Attempts = context.Attempt,
            QueueMs = queueMs,
            RunMs = runMs,
            Code = reply.Code,
            Message = reply.Message,
            UserId = context.Record.Headers.Get(HeaderName.UserId),
        };
        EventRecords.PublishAlone(session, context, completed);
        return completed;
    }

    private static decimal Ms(long ms) => Math.Max(0, ms);

    private static decimal Ms(TimeSpan span) => Math.Round((decimal)Math.Max(0, span.TotalMilliseconds), 3);
}
