using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Domain;
using Workers.Engine.Commands;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Handlers.Repositories;

namespace Workers.Handlers.Commands;

/// <summary>
/// Refunds, which lie in their payment. What is asked for is decided here; the refund flow carries it on. RefundPayment ends when the refund does: until then
/// its outcome is RUNNING.
/// </summary>
internal sealed class Refunds(RefundOptions options)
{
    public void Register(HandlerList handlers) => handlers
        .On<RefundPayment>(Payment.Kind, (c, x) => Ask(c.PaymentId, x, c, RefundRules.Decide(Load(x, c.PaymentId), c, x.CommandId, options.ApprovalThreshold, x.Flow)))
        .On<RefundRemainder>(Payment.Kind, (c, x) => Ask(c.PaymentId, x, c, RefundRules.Decide(Load(x, c.PaymentId), c, x.CommandId, options.ApprovalThreshold, x.Flow)))
        .On<ApproveRefund>(Payment.Kind, (c, x) => Move(c.PaymentId, c.RefundId, x, c, RefundRules.Decide(Load(x, c.PaymentId), c)))
        .On<RejectRefund>(Payment.Kind, (c, x) => Move(c.PaymentId, c.RefundId, x, c, RefundRules.Decide(Load(x, c.PaymentId), c)))
        .On<RecordRefund>(Payment.Kind, (c, x) => Move(c.PaymentId, c.RefundId, x, c, RefundRules.Decide(Load(x, c.PaymentId), c)));

    /// <summary>Sets the amount aside; the end comes later.</summary>
    internal static Reply Ask(string paymentId, CommandContext context, ICommand command, Decision decision)
    {
        foreach (var requested in decision.Events.OfType<RefundRequested>())
        {
            if (!context.Claim(RefundLookup.Space, requested.RefundId, paymentId))
            {
                return Reply.Refused(Refusal.AlreadyExistsCode, "Refund already exists", 409);
            }
        }

        var reply = context.Do(Aggregates.Payment, paymentId, command, decision, 200);
        return reply.State == CommandState.Succeeded ? Reply.Deferred : reply;
    }

    /// <summary>An ended refund ends the command that asked for it, and is told to the flow that did.</summary>
    private static Reply Move(string paymentId, string refundId, CommandContext context, ICommand command, Decision decision)
    {
        var refund = Load(context, paymentId)?.FindRefund(refundId);
        context.Tell(refund?.Flow);
        var reply = context.Do(Aggregates.Payment, paymentId, command, decision, 200);
        foreach (var happened in decision.Events)
        {
            switch (happened)
            {
                case PaymentRefunded or RefundRejected when refund?.Undoes is { } undone:
                    Undone.Settle(context, undone, happened);
                    break;
                case PaymentRefunded { CommandId: { } asked }:
                    context.Finish(asked, reply);
                    break;
                case RefundRejected { CommandId: { } asked } rejected:
                    context.Finish(asked, Reply.Refused(rejected.Code, rejected.Reason));
                    break;
            }
        }

        return reply;
    }

    private static Payment? Load(CommandContext context, string id) => context.Work.GetPaymentRepository().GetById(id);
}
