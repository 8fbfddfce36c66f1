using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Domain;
using Workers.Engine.Commands;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Handlers.Repositories;

namespace Workers.Handlers.Commands;

/// <summary>Takes back what a command has done, once, by the rules of what it was about.</summary>
internal sealed class Undoing(Users users, RefundOptions refunds)
{
    private const int MostEvents = 10_000;

    public void Register(HandlerList handlers) => handlers.On<UndoCommand>(null, Undo);

    private Reply Undo(UndoCommand undo, CommandContext context)
    {
        if (context.Load(Aggregates.Undone, undo.TargetId) is { } known)
        {
            return known.Done ? Reply.Ok(Undone.Answer(context, known)) : Refused("The command is being undone already");
        }

        if (CommandCatalog.Find(undo.TargetType) is not { IsUndoable: true } target)
        {
            return Refused($"{undo.TargetType} cannot be undone");
        }

        if (context.OutcomeOf(Guid.Parse(undo.TargetId)) is not { State: CommandState.Succeeded } outcome)
        {
            var state = context.OutcomeOf(Guid.Parse(undo.TargetId))?.State ?? CommandState.Queued;
            return Refused($"Only a command that has succeeded can be undone; this one is {state.Name()}");
        }

        var reply = target.Noun switch
        {
            "user" => User(undo, context),
            "order" => On(context, Aggregates.Order, undo, (order, past) => UndoRules.Undo(order, past, undo.Reason)),
            "payment" => Payment(undo, context),
            _ => Product(undo, context),
        };
        if (reply.State == CommandState.Failed)
        {
            return reply;
        }

        var done = new UndoneCommand
        {
            CommandId = undo.CalledId ?? undo.TargetId,
            UndoId = context.CommandId,
            Reason = undo.Reason,
            Done = reply.State == CommandState.Succeeded,
            At = context.Now,
        };
        context.Put(Aggregates.Undone, undo.TargetId, done);
        if (!done.Done)
        {
            return reply;
        }

        context.Undone(outcome, target.Name);
        return Reply.Ok(Undone.Answer(context, done));
    }

    private Reply User(UndoCommand undo, CommandContext context)
    {
        var before = context.Work.GetUserRepository().GetById(undo.RecordKey);
        return On(context, Aggregates.User, undo, (user, past) => UndoRules.Undo(user, past, undo.Reason), decision => users.Keep(context, undo.RecordKey, before, decision));
    }

    private static Reply Product(UndoCommand undo, CommandContext context)
    {
        var product = context.Work.GetProductRepository().GetById(undo.RecordKey);
        if (Past(context, Aggregates.Product, undo) is not { } past)
        {
            return TooLong();
        }

        var order = UndoStockRules.OrderOf(past);
        var held = Products.Held(context, undo.RecordKey, order);
        var decision = UndoStockRules.Undo(product, past, held, undo.Reason);
        return Products.Keep(context, undo.RecordKey, product, decision) ?? Products.Move(context, undo, undo.RecordKey, order, held, decision);
    }

    /// <summary>The money goes back first: the payment's command is undone when the refund has ended well.</summary>
    private Reply Payment(UndoCommand undo, CommandContext context)
    {
        var payment = context.Work.GetPaymentRepository().GetById(undo.RecordKey);
        if (Past(context, Aggregates.Payment, undo) is not { } past)
        {
            return TooLong();
        }

        var decision = UndoRules.Undo(payment, past, undo, context.CommandId, refunds.ApprovalThreshold);
        return decision.Events.Any(happened => happened is RefundRequested)
            ? Refunds.Ask(undo.RecordKey, context, undo, decision)
            : context.Do(Aggregates.Payment, undo.RecordKey, undo, decision, 200);
    }

    private static Reply On<T>(
        CommandContext context, AggregateType<T> type, UndoCommand undo, Func<T?, Past, Decision> decide, Func<Decision, Reply?>? claim = null)
        where T : class
    {
        if (Past(context, type, undo) is not { } past)
        {
            return TooLong();
        }

        var decision = decide(context.Load(type, undo.RecordKey), past);
        return claim?.Invoke(decision) ?? context.Do(type, undo.RecordKey, undo, decision, 200);
    }

    /// <summary>Null where the stream is too long to be gone through.</summary>
    private static Past? Past<T>(CommandContext context, AggregateType<T> type, UndoCommand undo)
        where T : class
    {
        var rows = context.History(type, undo.RecordKey, MostEvents + 1);
        return rows.Count > MostEvents ? null : Domain.Past.Of(
            [.. rows.Select(row => new StreamEvent(row.CommandId.ToString(), EventCatalog.Find(row.Type)!.Read(row.Data)))],
            undo.TargetId, context.Work.GetRepository(type).VersionOf(undo.RecordKey) == rows.Count);
    }

    private static Reply TooLong() => Refused($"It has a history of more than {MostEvents} events, which is not gone through");

    private static Reply Refused(string message) => Reply.Refused(Refusal.InvalidStateCode, message);
}
