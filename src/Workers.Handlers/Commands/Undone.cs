using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Domain;
using Workers.Engine.Commands;
using Workers.Engine.Store;

namespace Workers.Handlers.Commands;

/// <summary>What is told of a command that was undone, and the end of an undo that waited for a refund.</summary>
internal static class Undone
{
    public static byte[] Answer(CommandContext context, UndoneCommand undone) => context.Write(undone, static (undone, json) =>
    {
        json.WriteStartObject();
        json.WriteString("command_id"u8, undone.CommandId);
        json.WriteString("state"u8, CommandState.Undone.Name());
        json.WriteString("undo_id"u8, undone.UndoId);
        if (undone.Reason is { } reason)
        {
            json.WriteString("reason"u8, reason);
        }

        json.WriteEndObject();
    });

    /// <summary>The refund has come to its end: the payment's command is undone, or stays as it was.</summary>
    public static void Settle(CommandContext context, string commandId, IDomainEvent end)
    {
        if (context.Load(Aggregates.Undone, commandId) is not { } undone)
        {
            return;
        }

        if (end is RefundRejected rejected)
        {
            context.Put(Aggregates.Undone, commandId, null);
            context.Finish(undone.UndoId, Reply.Refused(rejected.Code, rejected.Reason), nameof(UndoCommand));
            return;
        }

        var done = undone with { Done = true, At = context.Now };
        context.Put(Aggregates.Undone, commandId, done);
        if (context.OutcomeOf(Guid.Parse(commandId)) is { State: CommandState.Succeeded } outcome)
        {
            context.Undone(outcome, nameof(ProcessPayment));
        }

        context.Finish(undone.UndoId, Reply.Ok(Answer(context, done)), nameof(UndoCommand));
    }
}
