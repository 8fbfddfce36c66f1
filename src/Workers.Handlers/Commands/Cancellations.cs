using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Events;
using Workers.Contracts.Json;
using Workers.Domain;
using Workers.Engine.Commands;
using Workers.Engine.Store;

namespace Workers.Handlers.Commands;

/// <summary>
/// Many commands that wait are cancelled, the oldest first: a state that is moved on by commands of its own, as <see cref="Replays"/> has it. Which they are is looked up in
/// the list of commands outside any transaction; each is cancelled by a command of its own, which decides whether it still waits. Tests: CancellationTests.
/// </summary>
internal static class Cancellations
{
    public const int UsualRate = 100;

    // Each that is not settled is known to every worker.
    private const int MostPending = 1_000;
    private const int LongestPause = 60;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    public static void Register(HandlerList handlers) => handlers
        .On<CancelCommands>(CancelOperation.Kind, Start)
        .On<ContinueCancellation>(CancelOperation.Kind, Continue)
        .On<TakeCancellable>(CancelOperation.Kind, Take)
        .On<StopCancellation>(CancelOperation.Kind, Stop);

    private static Reply Start(CancelCommands command, CommandContext context)
    {
        // A repeat that came when its caller's key was forgotten already.
        if (context.Load(Aggregates.Cancellation, command.OperationId) is { } known)
        {
            return Reply.Ok(Answer(known), 202);
        }

        var filter = command.Filter ?? new WaitingFilter();
        var operation = Look(
            new CancelOperation
            {
                OperationId = command.OperationId,
                State = CancelOperation.Running,
                Matched = command.Expected ?? 0,
                Rate = command.Rate ?? UsualRate,
                Reason = command.Reason,
                By = context.Caller,
                StartedAt = context.Now,
                Filter = filter with { To = filter.To ?? TimeText.Of(context.Record.TimestampMs) },
            },
            context);
        context.Put(Aggregates.Cancellation, operation.OperationId, operation, operation.State);
        context.Send(new ContinueCancellation { OperationId = operation.OperationId }, Soon);
        context.Announce(new CancellationStarted { OperationId = operation.OperationId, Matched = operation.Matched, Filter = operation.Filter, Reason = operation.Reason });
        return Reply.Ok(Answer(operation), 202);
    }

    private static Reply Take(TakeCancellable command, CommandContext context)
    {
        if (context.Load(Aggregates.Cancellation, command.OperationId) is not { IsLooking: true, EndedAt: null } operation || operation.After != command.After)
        {
            return Nothing;
        }

        if (command.Failure is { } failure)
        {
            Halt(operation with { State = CancelOperation.Failed, Error = failure }, failure, context);
            return Nothing;
        }

        var found = (command.Ids ?? []).Zip(command.Keys ?? [], static (id, key) => new CancelTarget(Guid.Parse(id), key));
        operation = Look(operation with { Next = [.. operation.Next, .. found], After = command.Next, IsRead = command.Next is null, IsLooking = false }, context);
        context.Put(Aggregates.Cancellation, operation.OperationId, operation, operation.State);
        return Nothing;
    }

    private static Reply Continue(ContinueCancellation command, CommandContext context)
    {
        if (context.Load(Aggregates.Cancellation, command.OperationId) is not { } operation)
        {
            return Nothing;
        }

        if (operation.EndedAt is { } ended)
        {
            if (context.Now >= ended + Kept)
            {
                context.Put(Aggregates.Cancellation, command.OperationId, null);
            }

            return Nothing;
        }

        var next = Look(Request(Settle(operation, context), context), context);
        if (next is { IsRead: true, Next.Count: 0, Pending.Count: 0 })
        {
            End(next with { State = next.State == CancelOperation.Running ? CancelOperation.Done : next.State }, next.Halted ?? next.Reason, context);
            return Nothing;
        }

        // Commands that lie behind others may do so for long: they are looked at less and less often.
        var moved = next.IsLooking || next.Requested + next.Cancelled + next.Skipped != operation.Requested + operation.Cancelled + operation.Skipped;
        next = next with { Idle = moved ? 0 : operation.Idle + 1 };
        context.Put(Aggregates.Cancellation, command.OperationId, next, next.State);
        context.Send(command, Step * Math.Min(LongestPause, 1 << Math.Min(next.Idle, 6)));
        return Nothing;
    }

    private static Reply Stop(StopCancellation command, CommandContext context)
    {
        if (context.Load(Aggregates.Cancellation, command.OperationId) is not { } operation)
        {
            return Reply.Refused(Refusal.NotFoundCode, "Operation not found", 404);
        }

        return operation.State == CancelOperation.Running
            ? Reply.Ok(Answer(Halt(operation with { State = CancelOperation.Stopped }, command.Reason, context)))
            : Reply.Refused(Refusal.InvalidStateCode, $"The operation has ended: it is {operation.State}", 409);
    }

    /// <summary>Nothing more is asked for; it ends as its state says once those that were are settled.</summary>
    private static CancelOperation Halt(CancelOperation operation, string? reason, CommandContext context)
    {
        operation = Settle(operation, context) with { Halted = reason, Next = [], IsRead = true, IsLooking = false };
        if (operation.Pending.Count == 0)
        {
            return End(operation, reason, context);
        }

        context.Put(Aggregates.Cancellation, operation.OperationId, operation, operation.State);
        return operation;
    }

    private static CancelOperation End(CancelOperation operation, string? reason, CommandContext context)
    {
        operation = operation with { EndedAt = context.Now };
        context.Put(Aggregates.Cancellation, operation.OperationId, operation, operation.State);
        context.Send(new ContinueCancellation { OperationId = operation.OperationId }, Kept);
        context.Announce(new CancellationEnded
        {
            OperationId = operation.OperationId,
            State = operation.State,
            Cancelled = operation.Cancelled,
            Skipped = operation.Skipped,
            Reason = reason,
        });
        return operation;
    }

    /// <summary>What has become of those that were asked for.</summary>
    private static CancelOperation Settle(CancelOperation operation, CommandContext context)
    {
        var settled = Begun(operation.Pending, context);
        var cancelled = settled.Values.Count(outcome => outcome.State == CommandState.Cancelled);
        return operation with
        {
            Cancelled = operation.Cancelled + cancelled,
            Skipped = operation.Skipped + settled.Count - cancelled,
            Pending = [.. operation.Pending.Where(id => !settled.ContainsKey(id))],
        };
    }

    private static CancelOperation Request(CancelOperation operation, CommandContext context)
    {
        var left = operation.Matched - operation.Requested;
        List<CancelTarget> next = [.. operation.Next.Take((int)Math.Min(Math.Min(operation.Rate, MostPending - operation.Pending.Count), left))];
        var begun = Begun([.. next.Select(target => target.Id)], context);
        List<Guid> pending = [.. operation.Pending];
        foreach (var target in next.Where(target => !begun.ContainsKey(target.Id)))
        {
            context.SendForAll(new CancelCommand { TargetId = target.Id.ToString(), TargetKey = target.Key, Reason = operation.Reason, OperationId = operation.OperationId, By = operation.By });
            pending.Add(target.Id);
        }

        var isLast = next.Count == left;
        return operation with
        {
            Next = isLast ? [] : [.. operation.Next.Skip(next.Count)],
            IsRead = isLast || operation.IsRead,
            Pending = pending,
            Requested = operation.Requested + next.Count,
            Skipped = operation.Skipped + begun.Count,
        };
    }

    private static CancelOperation Look(CancelOperation operation, CommandContext context)
    {
        if (operation.IsRead || operation.IsLooking || operation.Next.Count >= operation.Rate)
        {
            return operation;
        }

        context.Call(new FindCancellable { OperationId = operation.OperationId, Filter = operation.Filter, After = operation.After });
        return operation with { IsLooking = true };
    }

    /// <summary>Those that do not wait any more.</summary>
    private static Dictionary<Guid, Outcome> Begun(IReadOnlyCollection<Guid> ids, CommandContext context)
    {
        var found = new Dictionary<Guid, Outcome>();
        context.Read(reader =>
        {
            reader.FindOutcomes(ids, found);
            return found.Count;
        });
        return found.Where(one => one.Value.State != CommandState.Scheduled).ToDictionary();
    }

    private static Reply Nothing => Reply.Ok("{}"u8.ToArray());

    private static byte[] Answer(CancelOperation operation) => ControlAnswers.Bytes(json =>
    {
        json.WriteString("operation_id", operation.OperationId);
        json.WriteBoolean("dry_run", false);
        json.WriteString("state", operation.State);
        json.WriteNumber("matched", operation.Matched);
        json.WriteNumber("cancelled", operation.Cancelled);
        json.WriteNumber("skipped", operation.Skipped);
        json.WriteNumber("rate", operation.Rate);
        json.WriteStartObject("links");
        json.WriteString("self", $"/api/v1/commands/cancellations/{operation.OperationId}");
        json.WriteEndObject();
    });
}
