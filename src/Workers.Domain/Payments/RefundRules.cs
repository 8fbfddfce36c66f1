using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>Money back: never more than was taken, however many ask at once, since what is asked for is set aside.</summary>
public static class RefundRules
{
    public const string Rejected = "REFUND_REJECTED";
    public const string Declined = "REFUND_DECLINED";
    public const string AlreadyRefunded = "Payment is already refunded";

    /// <param name="state">The payment; null where there is none.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="commandId">Our id of the command, which the refund's end finishes; also the refund's id where the command names none.</param>
    /// <param name="approvalThreshold">Above this amount somebody must approve; null for never.</param>
    /// <param name="flow">The flow that asks, <c>{saga}/{instance}</c>; null where none does.</param>
    public static Decision Decide(Payment? state, RefundPayment command, string commandId, decimal? approvalThreshold, string? flow = null)
    {
        if (state.Alive() is not { } payment)
        {
            return Refusal.NotFound("Payment");
        }

        var refundId = string.IsNullOrEmpty(command.RefundId) ? commandId : command.RefundId;
        var amount = command.Amount.GetValueOrDefault();
        if (payment.FindRefund(refundId) is not null)
        {
            return Refusal.AlreadyExists("Refund");
        }

        if (payment.Status is PaymentStatus.Pending or PaymentStatus.Failed or PaymentStatus.Cancelled)
        {
            return Refusal.InvalidState($"Cannot refund {PaymentRules.Word(payment)} payment");
        }

        if (!string.IsNullOrEmpty(command.Currency) && command.Currency != payment.Currency)
        {
            return new Refusal(Refusal.ValidationCode, $"currency must be the payment's, {payment.Currency}");
        }

        if (payment.Status == PaymentStatus.Refunded)
        {
            return Refusal.InvalidState(AlreadyRefunded);
        }

        if (amount > payment.Refundable)
        {
            return new Refusal(Refusal.RefundExceedsPaymentCode, "Refund exceeds what is left of the payment");
        }

        return Decision.Of(new RefundRequested
        {
            PaymentId = payment.PaymentId,
            RefundId = refundId,
            UserId = payment.UserId,
            OrderId = payment.OrderId,
            Amount = amount,
            Currency = payment.Currency,
            Gateway = payment.Gateway,
            Reason = command.Reason,
            NeedsApproval = amount > approvalThreshold,
            GatewayReference = payment.GatewayReference,
            CommandId = commandId,
            Flow = flow,
        });
    }

    /// <summary>All that is neither given back nor set aside for it.</summary>
    public static Decision Decide(Payment? state, RefundRemainder command, string commandId, decimal? approvalThreshold, string? flow = null) =>
        state.Alive() is { Refundable: <= 0, PaidAmount: > 0, Status: not PaymentStatus.Refunded }
            ? new Refusal(Refusal.RefundExceedsPaymentCode, "What is left of the payment waits to be refunded already")
            : Decide(
                state,
                new RefundPayment { PaymentId = command.PaymentId, RefundId = command.RefundId, Amount = state?.Refundable, Reason = command.Reason },
                commandId, approvalThreshold, flow);

    public static Decision Decide(Payment? state, ApproveRefund command)
    {
        if (state.Alive() is not { } payment || payment.FindRefund(command.RefundId) is not { } refund)
        {
            return Refusal.NotFound("Refund");
        }

        return refund.Status is not (RefundStatus.Requested or RefundStatus.ManualReview)
            ? Refusal.InvalidState($"Refund is already {Word(refund)}")
            : Decision.Of(new RefundApproved
            {
                PaymentId = payment.PaymentId,
                RefundId = refund.RefundId,
                UserId = payment.UserId,
                Amount = refund.Amount,
                Reason = command.Reason,
            });
    }

    public static Decision Decide(Payment? state, RejectRefund command)
    {
        if (state.Alive() is not { } payment || payment.FindRefund(command.RefundId) is not { } refund)
        {
            return Refusal.NotFound("Refund");
        }

        return refund.Status is not (RefundStatus.Requested or RefundStatus.ManualReview)
            ? Refusal.InvalidState($"Refund is already {Word(refund)}")
            : Decision.Of(Rejection(payment, refund, Rejected, command.Reason ?? "Refund was rejected"));
    }

    /// <summary>The gateway's answer, or that there was none; one that comes again changes nothing.</summary>
    public static Decision Decide(Payment? state, RecordRefund command)
    {
        if (state is null || state.FindRefund(command.RefundId) is not { } refund)
        {
            return Refusal.NotFound("Refund");
        }

        if (refund.Status == RefundStatus.Requested)
        {
            return Refusal.InvalidState("Refund is not approved");
        }

        if (refund.Status is not (RefundStatus.Approved or RefundStatus.ManualReview))
        {
            return Decision.Nothing;
        }

        if (command is { Approved: false, Code: PaymentRules.TimedOut })
        {
            return refund.Status == RefundStatus.ManualReview ? Decision.Nothing : Decision.Of(new RefundReviewRequired
            {
                PaymentId = state.PaymentId,
                RefundId = refund.RefundId,
                UserId = state.UserId,
                Amount = refund.Amount,
                Reason = command.Reason ?? "The gateway did not answer in time",
            });
        }

        if (!command.Approved)
        {
            return Decision.Of(Rejection(state, refund, Declined, command.Reason ?? "Refund was declined"));
        }

        var refunded = state.RefundedAmount + refund.Amount;
        return Decision.Of(new PaymentRefunded
        {
            PaymentId = state.PaymentId,
            UserId = state.UserId,
            OrderId = state.OrderId,
            RefundId = refund.RefundId,
            Amount = refund.Amount,
            RefundedAmount = refunded,
            Currency = state.Currency,
            Status = StatusAfter(state, refund, refunded),
            CommandId = refund.CommandId,
        });
    }

    // A payment that failed or was cancelled stays so when its late money goes back.
    private static string StatusAfter(Payment payment, Refund refund, decimal refunded) =>
        refund.Late ? payment.Status : refunded >= payment.PaidAmount ? PaymentStatus.Refunded : PaymentStatus.PartiallyRefunded;

    private static RefundRejected Rejection(Payment payment, Refund refund, string code, string reason) => new()
    {
        PaymentId = payment.PaymentId,
        RefundId = refund.RefundId,
        UserId = payment.UserId,
        Amount = refund.Amount,
        Code = code,
        Reason = reason,
        CommandId = refund.CommandId,
    };

    private static string Word(Refund refund) => refund.Status.ToLowerInvariant().Replace('_', ' ');
}
