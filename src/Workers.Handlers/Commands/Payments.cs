using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Events;
using Workers.Domain;
using Workers.Engine.Commands;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Handlers.Commands;

/// <summary>Payments and their refunds. A charge and a refund end when the gateway has answered: until then their outcome is RUNNING.</summary>
internal sealed class Payments(RefundOptions refunds)
{
    public void Register(HandlerList handlers) => handlers
        .On<ProcessPayment>(Payment.Kind, Process)
        .On<RecordCharge>(Payment.Kind, Charged)
        .On<UpdatePayment>(Payment.Kind, Update)
        .On<DeletePayment>(Payment.Kind, (c, x) => x.Unexpected(Aggregates.Payment, c.PaymentId, c.ExpectedVersion)
            ?? x.Do(Aggregates.Payment, c.PaymentId, c, PaymentRules.Decide(Load(x, c.PaymentId), c), 204))
        .On<RefundPayment>(Payment.Kind, (c, x) => Refund(c.PaymentId, x, c, RefundRules.Decide(Load(x, c.PaymentId), c, x.CommandId, refunds.ApprovalThreshold), deferred: true))
        .On<ApproveRefund>(Payment.Kind, (c, x) => Refund(c.PaymentId, x, c, RefundRules.Decide(Load(x, c.PaymentId), c), deferred: false))
        .On<RejectRefund>(Payment.Kind, (c, x) => Refund(c.PaymentId, x, c, RefundRules.Decide(Load(x, c.PaymentId), c), deferred: false))
        .On<RecordRefund>(Payment.Kind, (c, x) => Refund(c.PaymentId, x, c, RefundRules.Decide(Load(x, c.PaymentId), c), deferred: false));

    private static Payment? Load(CommandContext context, string id) => context.Load(Aggregates.Payment, id);

    private static Reply Process(ProcessPayment command, CommandContext context)
    {
        var decision = PaymentRules.Decide(Load(context, command.PaymentId), command, context.CommandId, effectId: context.CommandId);
        var reply = context.Do(Aggregates.Payment, command.PaymentId, command, decision, 200);
        if (decision.Refusal is not null)
        {
            return reply;
        }

        foreach (var created in decision.Events.OfType<PaymentCreated>())
        {
            context.Call(new ChargePayment
            {
                PaymentId = created.PaymentId,
                EffectId = created.EffectId,
                Amount = created.Amount,
                Currency = created.Currency,
                Gateway = created.Gateway,
                PaymentMethod = created.PaymentMethod,
                UserId = created.UserId,
                OrderId = created.OrderId,
                Description = created.Description,
            });
        }

        return Reply.Deferred;
    }

    /// <summary>The gateway's answer ends the command that asked for the charge.</summary>
    private static Reply Charged(RecordCharge command, CommandContext context)
    {
        var decision = PaymentRules.Decide(Load(context, command.PaymentId), command);
        var reply = context.Do(Aggregates.Payment, command.PaymentId, command, decision, 200);
        foreach (var happened in decision.Events)
        {
            switch (happened)
            {
                case PaymentProcessed processed:
                    context.Finish(processed.CommandId, reply);
                    break;
                case PaymentFailed failed:
                    context.Finish(failed.CommandId, Reply.Refused(failed.Code, failed.Reason));
                    break;
                case RefundRequested late:
                    GiveBack(context, late);
                    break;
            }
        }

        return reply;
    }

    private static Reply Update(UpdatePayment command, CommandContext context)
    {
        var decision = PaymentRules.Decide(Load(context, command.PaymentId), command);
        var reply = context.Unexpected(Aggregates.Payment, command.PaymentId, command.ExpectedVersion)
            ?? context.Do(Aggregates.Payment, command.PaymentId, command, decision, 200);
        if (reply.State == CommandState.Succeeded)
        {
            foreach (var cancelled in decision.Events.OfType<PaymentCancelled>())
            {
                context.Finish(cancelled.CommandId, Reply.Refused("PAYMENT_CANCELLED", "Payment was cancelled"));
            }
        }

        return reply;
    }

    /// <summary>Whatever moves a refund: an approved one goes to the gateway, an ended one ends the command that asked for it.</summary>
    private static Reply Refund(string paymentId, CommandContext context, ICommand command, Decision decision, bool deferred)
    {
        var reply = context.Do(Aggregates.Payment, paymentId, command, decision, 200);
        foreach (var happened in decision.Refusal is null ? decision.Events : [])
        {
            switch (happened)
            {
                case RefundRequested { NeedsApproval: false } requested:
                    GiveBack(context, requested);
                    break;
                case RefundApproved approved when context.Load(Aggregates.Payment, paymentId) is { } payment:
                    context.Call(new RefundCharge
                    {
                        PaymentId = paymentId,
                        RefundId = approved.RefundId,
                        Amount = approved.Amount,
                        Currency = payment.Currency,
                        Gateway = payment.Gateway,
                        GatewayReference = payment.GatewayReference,
                        Reason = approved.Reason,
                    });
                    break;
                case PaymentRefunded { CommandId: { } asked }:
                    context.Finish(asked, reply);
                    break;
                case RefundRejected { CommandId: { } asked } rejected:
                    context.Finish(asked, Reply.Refused(rejected.Code, rejected.Reason));
                    break;
            }
        }

        return deferred && reply.State == CommandState.Succeeded ? Reply.Deferred : reply;
    }

    private static void GiveBack(CommandContext context, RefundRequested requested) => context.Call(new RefundCharge
    {
        PaymentId = requested.PaymentId,
        RefundId = requested.RefundId,
        Amount = requested.Amount,
        Currency = requested.Currency,
        Gateway = requested.Gateway,
        GatewayReference = requested.GatewayReference,
        Reason = requested.Reason,
    });
}
