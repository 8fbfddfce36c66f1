using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Domain;
using Workers.Engine.Commands;
using Workers.Engine.Store;

namespace Workers.Handlers.Commands;

/// <summary>
/// Many dead letters are put back, the oldest first: a state that is moved on by commands of its own, each sent in the transaction that moved it before, so that it
/// goes on after a restart, and each letter is asked for once. The letters go back by commands at their keys. Tests: ReplayTests, DeadLetterTests.
/// </summary>
internal static class Replays
{
    public const int UsualRate = 100;
    private const int MostPending = 1_000;
    private const int Page = 500;
    private const int LongestPause = 60;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    public static void Register(HandlerList handlers) => handlers
        .On<ReplayDeadLetters>(ReplayOperation.Kind, Start)
        .On<ContinueReplay>(ReplayOperation.Kind, Continue)
        .On<CancelReplay>(ReplayOperation.Kind, Cancel);

    private static Reply Start(ReplayDeadLetters command, CommandContext context)
    {
        var operation = new ReplayOperation
        {
            OperationId = command.OperationId,
            State = ReplayOperation.Running,
            Rate = command.Rate ?? UsualRate,
            Limit = command.Limit,
            Reason = command.Reason,
            By = context.Caller,
            StartedAt = context.Now,
        };
        if (command.LetterIds is { } named)
        {
            var letters = named.Select(Guid.Parse).Distinct().Select(context.FindDeadLetter).OfType<DeadLetter>();
            List<Guid> ids = [.. Ordered(letters).Take(command.Limit ?? int.MaxValue)];
            operation = operation with { Matched = ids.Count, Next = ids, IsRead = true };
        }
        else
        {
            operation = operation with
            {
                Filter = new ReplayFilter(
                    command.Group, command.RecordKey, command.LetterReason, command.Code, command.ErrorType, command.Frame,
                    Guid.TryParse(command.TargetId, out var target) ? target : null),
            };
            operation = operation with { Matched = Math.Min(context.Read(reader => reader.CountDeadLetters(Filter(operation))), command.Limit ?? long.MaxValue) };
        }

        context.Put(Aggregates.Replay, operation.OperationId, operation, operation.State);
        context.Send(new ContinueReplay { OperationId = operation.OperationId });
        context.Announce(new ReplayStarted { OperationId = operation.OperationId, Matched = operation.Matched, Reason = operation.Reason });
        return Reply.Ok(Answer(operation), 202);
    }

    private static Reply Continue(ContinueReplay command, CommandContext context)
    {
        if (context.Load(Aggregates.Replay, command.OperationId) is not { } operation)
        {
            return Reply.Ok("{}"u8.ToArray());
        }

        if (operation.EndedAt is { } ended)
        {
            if (context.Now >= ended + Kept)
            {
                context.Put(Aggregates.Replay, command.OperationId, null);
            }

            return Reply.Ok("{}"u8.ToArray());
        }

        var next = Request(Look(Settle(operation, context), context), context);
        if (next is { IsRead: true, Next.Count: 0, Pending.Count: 0 })
        {
            End(next with { State = ReplayOperation.Done }, next.Reason, context);
            return Reply.Ok("{}"u8.ToArray());
        }

        // Letters that wait behind others of their key may do so for long: they are looked at less and less often.
        var moved = next.Requested + next.Replayed + next.Skipped != operation.Requested + operation.Replayed + operation.Skipped;
        next = next with { Idle = moved ? 0 : operation.Idle + 1 };
        context.Put(Aggregates.Replay, command.OperationId, next, next.State);
        context.Send(command, Step * Math.Min(LongestPause, 1 << Math.Min(next.Idle, 6)));
        return Reply.Ok("{}"u8.ToArray());
    }

    private static Reply Cancel(CancelReplay command, CommandContext context)
    {
        if (context.Load(Aggregates.Replay, command.OperationId) is not { } operation)
        {
            return Reply.Refused(Refusal.NotFoundCode, "Operation not found", 404);
        }

        if (operation.EndedAt is not null)
        {
            return Reply.Refused(Refusal.InvalidStateCode, $"The operation has ended: it is {operation.State}", 409);
        }

        var cancelled = Settle(operation, context) with { State = ReplayOperation.Cancelled, Next = [], Pending = [] };
        return Reply.Ok(Answer(End(cancelled, command.Reason, context)));
    }

    private static ReplayOperation End(ReplayOperation operation, string? reason, CommandContext context)
    {
        operation = operation with { EndedAt = context.Now };
        context.Put(Aggregates.Replay, operation.OperationId, operation, operation.State);
        context.Send(new ContinueReplay { OperationId = operation.OperationId }, Kept);
        context.Announce(new ReplayEnded
        {
            OperationId = operation.OperationId,
            State = operation.State,
            Replayed = operation.Replayed,
            Skipped = operation.Skipped,
            Reason = reason,
        });
        return operation;
    }

    /// <summary>What has become of the letters that were asked for.</summary>
    private static ReplayOperation Settle(ReplayOperation operation, CommandContext context)
    {
        var outcomes = new Dictionary<Guid, Outcome>();
        context.Read(reader =>
        {
            reader.FindOutcomes(operation.Pending, outcomes);
            return outcomes.Count;
        });
        var replayed = outcomes.Values.Count(outcome => outcome.State == CommandState.Succeeded);
        var ended = outcomes.Values.Where(outcome => outcome.IsFinal).Select(outcome => outcome.Id).ToHashSet();
        return operation with
        {
            Replayed = operation.Replayed + replayed,
            Skipped = operation.Skipped + ended.Count - replayed,
            Pending = [.. operation.Pending.Where(id => !ended.Contains(id))],
        };
    }

    /// <summary>
    /// Looks for the next letters. Those of one moment are read together: of a key they go back as they lay in the log.
    /// </summary>
    private static ReplayOperation Look(ReplayOperation operation, CommandContext context)
    {
        while (!operation.IsRead && operation.Next.Count < operation.Rate)
        {
            var page = context.Read(reader => Moments(reader, operation));
            operation = page.Count == 0
                ? operation with { IsRead = true }
                : operation with { Next = [.. operation.Next, .. Ordered(page)], AfterMs = page[^1].LastMs, AfterId = page[^1].Id };
        }

        return operation;
    }

    private static List<DeadLetter> Moments(IStateReader reader, ReplayOperation operation)
    {
        var (found, after) = (new List<DeadLetter>(), (operation.AfterMs, operation.AfterId));
        while (true)
        {
            var page = reader.OldestDeadLetters(Filter(operation), after, Page);
            found.AddRange(page);
            if (page.Count < Page)
            {
                return found;
            }

            if (found.FindLastIndex(letter => letter.LastMs != found[^1].LastMs) is >= 0 and var whole)
            {
                found.RemoveRange(whole + 1, found.Count - whole - 1);
                return found;
            }

            after = (found[^1].LastMs, found[^1].Id);
        }
    }

    private static ReplayOperation Request(ReplayOperation operation, CommandContext context)
    {
        var left = operation.Limit is { } limit ? Math.Max(0, limit - operation.Requested) : long.MaxValue;
        var count = (int)Math.Min(Math.Min(operation.Rate, MostPending - operation.Pending.Count), left);
        var (pending, skipped) = (new List<Guid>(operation.Pending), 0);
        foreach (var id in operation.Next.Take(count))
        {
            if (context.FindDeadLetter(id) is { } letter)
            {
                pending.Add(context.Send(new ReplayDeadLetter
                {
                    LetterId = id.ToString(),
                    RecordKey = letter.Record.Key,
                    Reason = operation.Reason,
                    OperationId = operation.OperationId,
                }));
            }
            else
            {
                skipped++;
            }
        }

        var asked = pending.Count - operation.Pending.Count;
        var isLast = operation.Limit is not null && asked + skipped == left;
        return operation with
        {
            Next = isLast ? [] : [.. operation.Next.Skip(asked + skipped)],
            IsRead = isLast || operation.IsRead,
            Pending = pending,
            Requested = operation.Requested + asked + skipped,
            Skipped = operation.Skipped + skipped,
        };
    }

    private static IEnumerable<Guid> Ordered(IEnumerable<DeadLetter> letters) =>
        letters.OrderBy(letter => letter.LastMs).ThenBy(letter => letter.Record.Partition).ThenBy(letter => letter.Record.Offset).Select(letter => letter.Id);

    private static DeadLetterFilter Filter(ReplayOperation operation) => operation.Filter is { } filter
        ? new DeadLetterFilter(
            filter.Group, filter.Key, filter.Reason, filter.Code, filter.CommandId, filter.ErrorType, filter.Frame, operation.StartedAt.ToUnixTimeMilliseconds())
        : new DeadLetterFilter();

    private static byte[] Answer(ReplayOperation operation) => ControlAnswers.Bytes(json =>
    {
        json.WriteString("operation_id", operation.OperationId);
        json.WriteBoolean("dry_run", false);
        json.WriteString("state", operation.State);
        json.WriteNumber("matched", operation.Matched);
        json.WriteNumber("replayed", operation.Replayed);
        json.WriteNumber("skipped", operation.Skipped);
        json.WriteNumber("rate", operation.Rate);
        json.WriteStartObject("links");
        json.WriteString("self", $"/api/v1/commands/dead-letters/operations/{operation.OperationId}");
        json.WriteEndObject();
    });
}
