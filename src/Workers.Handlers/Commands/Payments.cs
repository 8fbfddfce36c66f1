using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Events;
using Workers.Domain;
using Workers.Engine.Commands;
using Workers.Engine.Store;
using Workers.Handlers.Repositories;

namespace Workers.Handlers.Commands;

/// <summary>Payments; their refunds are in <see cref="Refunds"/>. A charge ends when the gateway has answered: until then its outcome is RUNNING.</summary>
internal static class Payments
{
    public static void Register(HandlerList handlers) => handlers
        .On<ProcessPayment>(Payment.Kind, Process)
        .On<RecordCharge>(Payment.Kind, Charged)
        .On<UpdatePayment>(Payment.Kind, Update)
        .On<DeletePayment>(Payment.Kind, (c, x) => x.Unexpected(Aggregates.Payment, c.PaymentId, c.ExpectedVersion)
            ?? x.Do(Aggregates.Payment, c.PaymentId, c, PaymentRules.Decide(Load(x, c.PaymentId), c), 204));

    private static Payment? Load(CommandContext context, string id) => context.Work.GetPaymentRepository().GetById(id);

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
        foreach (var late in decision.Events.OfType<RefundRequested>())
        {
            context.Claim(RefundLookup.Space, late.RefundId, late.PaymentId);
        }

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
}
