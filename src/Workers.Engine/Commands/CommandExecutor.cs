using System.Buffers;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Contracts.Reading;
using Workers.Engine.Control;
using Workers.Engine.Dispatch;
using Workers.Engine.Log;
using Workers.Engine.Pump;
using Workers.Engine.Session;
using Workers.Engine.Store;

namespace Workers.Engine.Commands;

/// <summary>
/// Executes commands: skips what has an outcome, tells a caller's repeat from the first, dispatches through MassTransit, and writes the outcome.
/// </summary>
/// <param name="table">The receiver of each command.</param>
/// <param name="kinds">The state that a command type touches at its key, read ahead for the whole batch.</param>
/// <param name="rules">Of the commands of other systems; null for the defaults.</param>
public sealed class CommandExecutor(
    DispatchTable table, IReadOnlyDictionary<Type, string> kinds, FlowRoutes routes, RuleSettings? rules, CancellationToken stopping) : IRecordExecutor
{
    private static readonly CustomCommand s_custom = new();

    private readonly RepeatFilter _repeats = new();
    private readonly List<StateKey> _keys = [];

    public void Prepare(IReadOnlyList<WorkItem> batch, BatchSession session)
    {
        _keys.Clear();
        foreach (var item in batch)
        {
            var decoded = Decode(item.Record);
            item.Decoded = decoded;
            if (decoded.Entry is { } entry && kinds.TryGetValue(entry.Type.Type, out var kind))
            {
                _keys.Add(new StateKey(kind, item.Record.Key));
            }
        }

        _repeats.Load(batch, session.Reader);
        session.Prefetch(_keys);
    }

    public Execution Execute(WorkItem item, BatchSession session)
    {
        var record = item.Record;
        if (IsDone(record, out var known))
        {
            return Execution.Done;
        }

        if (Unreadable.Of(record.Headers) is { } broken && CommandCatalog.Find(record.Headers.Get(HeaderName.Type) ?? "") is { } refused)
        {
            return Refuse(item, refused, broken, session);
        }

        var decoded = (Decoded)item.Decoded!;
        var outside = OutsideHandlers.Of(record, session);
        if (outside is { Row.Active: false })
        {
            return Execution.Poison("unregistered", new HandlerNotFoundException(record.Headers.Get(HeaderName.Type)!));
        }

        if (decoded.Command is null && (outside is null || decoded.Entry is not null))
        {
            return Execution.Poison(decoded.Entry is null ? "unknown_type" : "unreadable", decoded.Error!);
        }

        var command = decoded.Command ?? s_custom;
        var context = new CommandContext(record, CommandCatalog.Of(command), session.Clock.GetUtcNow(), item.Attempt, session, routes);
        session.Enter(context);
        if (RefundLookup.IsNeeded(context.Info, command))
        {
            if (RefundLookup.SendOn(record, context.Info, command, session) is { } copy)
            {
                session.Stage(copy);
                return Execution.Done;
            }

            context.Reply = context.Info.GetKey(command).Length > 0 ? null : Reply.Refused("NOT_FOUND", "Refund not found", 404);
        }

        if (FirstOf(record, context.Now, out var fingerprint) is { } first && first.CommandId != record.Id)
        {
            Repeat(session, context, first, fingerprint!);
            return Execution.Done;
        }

        if (fingerprint is null)
        {
            return Execution.Poison("unreadable", new UnreadableMessageException("The header workers-fingerprint is not hexadecimal.", null));
        }

        context.Reply ??= decoded.Command is null ? null : ForeignCommands.Refuse(record, context.Info, command, rules);
        if (context.Reply is null && outside is not null)
        {
            OutsideHandlers.Call(context, outside);
        }
        else if (context.Reply is null)
        {
            var result = Run(decoded.Entry!, command, context, session);
            if (result.Kind != ExecutionKind.Done)
            {
                return result;
            }
        }

        if (!context.IsForwarded)
        {
            Completions.Complete(session, context, context.Reply ?? Reply.Ok([]), finishes: known is not null);
            _repeats.Done(record.Id, context.Reply?.State ?? CommandState.Succeeded);
        }

        return Execution.Done;
    }

    public void GiveUp(WorkItem item, Execution why, BatchSession session)
    {
        if (IsDone(item.Record, out var known) || OutsideHandlers.InfoOf(item.Record, session) is not { } info)
        {
            return;
        }

        var context = new CommandContext(item.Record, info, session.Clock.GetUtcNow(), item.Attempt, session, routes);
        session.Enter(context);
        var reply = Reply.Failure(
            CommandState.DeadLettered, why.Reason.ToUpperInvariant(), $"{context.TypeName} could not be executed: {why.Error?.Message ?? why.Reason}", 500);
        Completions.Complete(session, context, reply, finishes: known is not null);
        _repeats.Done(item.Record.Id, CommandState.DeadLettered);
    }

    // What has an outcome keeps it; but a dead letter that is replayed gets another.
    private bool IsDone(LogRecord record, out Outcome? known)
    {
        known = _repeats.OutcomeOf(record.Id);
        return known is not null && known.State != CommandState.Scheduled && !(known.State == CommandState.DeadLettered && record.Headers.Has(HeaderName.Replay));
    }

    /// <summary>Its caller's key is taken at once, so that a repeat finds it; it runs when it comes back.</summary>
    public bool Delay(WorkItem item, BatchSession session)
    {
        var record = item.Record;
        var now = session.Clock.GetUtcNow();
        if (Due.Of(record.Headers) is not { IsSent: false } due || due.AtMs <= now.ToUnixTimeMilliseconds() || OutsideHandlers.InfoOf(record, session) is not { } info)
        {
            return false;
        }

        if (IsDone(record, out var known))
        {
            return true;
        }

        if (FirstOf(record, now, out var fingerprint) is { } first && first.CommandId != record.Id)
        {
            var context = new CommandContext(record, info, now, item.Attempt, session, routes);
            session.Enter(context);
            Repeat(session, context, first, fingerprint!);
            return true;
        }

        session.Stage(new TimerWrite(record.Id, due.AtMs, Delayed.Message(record, due)));
        Completions.Schedule(session, record, due.AtMs, again: known is not null);
        _repeats.Done(record.Id, CommandState.Scheduled);
        return true;
    }

    public bool Cancel(WorkItem item, string why, BatchSession session)
    {
        var record = item.Record;
        var known = _repeats.OutcomeOf(record.Id);
        if (known is not (null or { State: CommandState.Scheduled }) || OutsideHandlers.InfoOf(record, session) is not { } info)
        {
            return false;
        }

        var context = new CommandContext(record, info, session.Clock.GetUtcNow(), item.Parked?.Attempts ?? 0, session, routes);

        if (item.First is { } before)
        {
            FirstOf(before, context.Now, out _);
        }

        // Its repeats are told that it was cancelled; a repeat of another command ends as that one does.
        session.Enter(context);
        if (FirstOf(record, context.Now, out var fingerprint) is { } first && first.CommandId != record.Id)
        {
            Repeat(session, context, first, fingerprint!);
            return true;
        }

        Completions.Complete(session, context, Reply.Failure(CommandState.Cancelled, "CANCELLED", why, 409), finishes: known is not null);
        _repeats.Done(record.Id, CommandState.Cancelled);
        return true;
    }

    public string HandlerOf(WorkItem item) => (item.Decoded as Decoded)?.Entry?.HandlerOf(item.Record) ?? "";

    public void MoveTo(Flush flush) => _repeats.MoveTo(flush);

    public void Clear() => _repeats.Clear();

    private Execution Run(DispatchEntry entry, object command, CommandContext context, BatchSession session)
    {
        var outside = session.Depth;
        session.Begin();
        try
        {
            entry.Dispatch(command, context.Record, session, stopping).GetAwaiter().GetResult();
            session.Commit();
            return Execution.Done;
        }
        catch (CommandRefused refused)
        {
            session.RollbackTo(outside);
            context.Reply = Reply.Refused(refused.Code, refused.Message, refused.Status);
            return Execution.Done;
        }
#pragma warning disable CA1031 // Whatever a handler throws is told apart by Verdict; our own store's errors leave again.
        catch (Exception error)
#pragma warning restore CA1031
        {
            session.RollbackTo(outside);
            return Executions.Of(error, stopping);
        }
    }

    // The log's reader has checked it already: its data are not those of a command.
    private Execution Refuse(WorkItem item, CommandInfo info, Unreadable why, BatchSession session)
    {
        var context = new CommandContext(item.Record, info, session.Clock.GetUtcNow(), item.Attempt, session, routes);
        session.Enter(context);
        Completions.Complete(session, context, Reply.Refused(ReadFailure.Validation, why.Sentence), finishes: false);
        _repeats.Done(item.Record.Id, CommandState.Failed);
        return Execution.Done;
    }

    /// <summary>Who has the caller's key of the record: the record itself, from now on, where nobody had it; null where it has no key.</summary>
    /// <param name="fingerprint">Of its data; null where that cannot be read.</param>
    private CallerKeyWrite? FirstOf(LogRecord record, DateTimeOffset now, out byte[]? fingerprint)
    {
        fingerprint = [];
        if (record.Headers.Get(HeaderName.CallerKey) is not { } key || !Guid.TryParse(key, out var hash))
        {
            return null;
        }

        var hex = record.Headers.Get(HeaderName.Fingerprint) ?? "";
        fingerprint = new byte[hex.Length / 2];
        if (Convert.FromHexString(hex, fingerprint, out _, out _) != OperationStatus.Done)
        {
            fingerprint = null;
            return null;
        }

        return _repeats.FirstOf(hash, new CallerKeyWrite(hash, record.Id, fingerprint, now.ToUnixTimeMilliseconds()));
    }

    private static void Repeat(BatchSession session, CommandContext context, CallerKeyWrite first, byte[] fingerprint)
    {
        if (first.Fingerprint.AsSpan().SequenceEqual(fingerprint))
        {
            Completions.Alias(session, context, first.CommandId);
        }
        else
        {
            Completions.Complete(
                session, context, Reply.Refused("IDEMPOTENCY_KEY_REUSED", "This idempotency key was used with other data", 422), finishes: false);
        }
    }

    private Decoded Decode(LogRecord record)
    {
        if (!record.Headers.TryGet(HeaderName.Type, out var type) || table.Find(type) is not { } entry)
        {
            return new Decoded(null, null, new KeyNotFoundException($"No command is called '{record.Headers.Get(HeaderName.Type)}'."));
        }

        try
        {
            return new Decoded(entry, entry.Decode(record), null);
        }
        catch (UnreadableMessageException error)
        {
            return new Decoded(entry, null, error);
        }
    }

    private sealed record Decoded(DispatchEntry? Entry, object? Command, Exception? Error);
}
